// Nothing but a translation unit that carries the precompiled header which the libraries share.
