"""Files and codecs: the only code that touches them."""
