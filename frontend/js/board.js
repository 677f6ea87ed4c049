// The board: chosen in one place, shown in all; visits are dragged, and the effect is said before they are dropped.
