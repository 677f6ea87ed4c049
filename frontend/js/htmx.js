// htmx, for the pages that ask for it; its settings stand in the meta tag of base.html.
import "htmx.org";
