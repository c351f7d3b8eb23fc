"""Make pairs of master and dub with exact truth, from seeds and a speech synthesiser."""
