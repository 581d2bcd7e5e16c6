"""Where training computes: the engine that Keras runs on, the devices of a machine, the processes of several
machines."""
