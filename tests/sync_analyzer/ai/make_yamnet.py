"""Writes a SavedModel with YAMNet's signature and framing: ``python make_yamnet.py FOLDER``."""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf


class StandIn(tf.Module):
    """25 ms spectra every 10 ms, patches of 96 of them every 48, random weights."""

    def __init__(self, names):
        super().__init__()
        rng = np.random.default_rng(0)
        self.bank = tf.Variable(np.abs(rng.standard_normal((257, 64))).astype(np.float32) / 30)
        self.first = tf.Variable(rng.standard_normal((256, 1024)).astype(np.float32) / 16)
        self.last = tf.Variable(rng.standard_normal((1024, 521)).astype(np.float32) / 32)
        self.names = tf.saved_model.Asset(str(names))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def __call__(self, waveform):
        spectra = tf.abs(tf.signal.stft(waveform, 400, 160, 512))
        log_mel = tf.math.log(tf.matmul(spectra, self.bank) + 1e-3)
        patches = tf.signal.frame(log_mel, 96, 48, axis=0)
        quarters = tf.reduce_mean(tf.reshape(patches, [-1, 4, 24, 64]), axis=2)
        embeddings = tf.nn.relu(tf.matmul(tf.reshape(quarters, [-1, 256]), self.first))
        return tf.nn.sigmoid(tf.matmul(embeddings, self.last)), embeddings, log_mel

    @tf.function(input_signature=[])
    def class_map_path(self):
        return self.names.asset_path


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    class_map = folder.parent / "yamnet_class_map.csv"
    class_map.write_text("index,mid,display_name\n0,/m/09x0r,Speech\n")
    tf.saved_model.save(StandIn(class_map), str(folder))
