"""Training, accuracy and speed of the neural methods, each a command."""
