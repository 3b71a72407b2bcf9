// Nothing but a translation unit that carries the precompiled header which the unit tests share.
