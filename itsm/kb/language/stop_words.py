"""German words that say nothing about what somebody looks for, folded; taken out of texts and lines alike."""

_ARTICLES_AND_PRONOUNS = """
der die das den dem des ein eine einer eines einem einen kein keine keiner keines keinem keinen
ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen sich man
mein meine meiner meines meinem meinen dein deine deiner deines deinem deinen sein seine seiner seines seinem seinen
unser unsere unserer unseres unserem unseren euer eure ihre ihrer ihres ihrem ihren
dieser diese dieses diesem diesen jener jene jenes jenem jenen jeder jede jedes jedem jeden jeweils
welcher welche welches welchem welchen solche solcher solches solchem solchen derselbe dieselbe dasselbe
alle aller alles allem allen beide beiden einige einiger einigen manche mancher manchen mehrere mehreren
wer was wen wem wessen wo wann warum wieso weshalb wie woher wohin womit wofuer wodurch woran
jemand niemand etwas nichts selbst
"""
_PARTICLES = """
und oder aber sondern denn doch weil dass ob wenn falls obwohl waehrend bevor nachdem damit sodass sowie sowohl
in im an am auf aus bei beim mit nach von vom zu zum zur fuer ueber unter durch um gegen ohne bis seit zwischen neben
vor hinter ins ans aufs innerhalb ausserhalb wegen trotz
nicht auch nur noch schon so als also dann da dort hier hin her mehr sehr ganz immer nie wieder mal bereits
eigentlich einfach leider bitte danke hallo etwa circa ca bzw usw etc zb bspw ggf evtl usf
dabei dafuer dagegen daher darauf daraus darin darueber davon dazu daran dadurch hierzu hierbei hierfuer jedoch
weiter weitere weiteren sonst zwar eben eher fast genau gerade je jetzt nun oft ploetzlich staendig
"""
_VERBS_OF_ALL_SENTENCES = """
bin bist ist sind seid war waren wart gewesen sei waere waeren
habe hast hat haben habt hatte hatten gehabt haette haetten
werde wirst wird werden werdet wurde wurden worden geworden wuerde wuerden
kann kannst koennen koennt konnte konnten koennte koennten muss musst muessen muesst musste mussten muesste
soll sollst sollen sollt sollte sollten will willst wollen wollt wollte wollten
darf darfst duerfen durfte durften duerfte mag moegen moechte moechten moechtest
gibt gib geben geht gehen ging mache machst macht machen gemacht lasse laesst lassen tun tut getan
statt
"""
STOP_WORDS = frozenset(" ".join((_ARTICLES_AND_PRONOUNS, _PARTICLES, _VERBS_OF_ALL_SENTENCES)).split())
