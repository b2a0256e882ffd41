"""Chapter 12: one and three axes, several inputs, Keras, and how it came about."""

import os
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.neighbors import KNeighborsClassifier

from claims import Cases, case, cited, claim
from cnnutils import costs, data, shapes, zoo


@claim(
    "GEN-C01",
    "A one-dimensional convolution with 16 kernels of 5 makes 10×16 of an input of 14×1.",
    why="A window of 5 has 10 places among 14, and each kernel gives one number at each.",
    taught="12_beyond_images#how-does-a-window-slide-along-a-line",
)
def one_dimensional_convolution() -> Cases:
    line = np.ones((1, 14, 1))
    yield case("14×1, Keras", says=(10, 16), finds=tuple(layers.Conv1D(16, 5)(line).shape[1:]))
    as_image = costs.conv2d_cost((1, 14, 1), 16, (1, 5)).output_shape
    yield case("as an image of one row", says=(1, 10, 16), finds=as_image)


@claim(
    "GEN-C05",
    "The formula (N − F)/S + 1, rounded down, also gives the length that a one-dimensional"
    " convolution without padding puts out.",
    why="Each axis is counted by itself, so it does not matter how many there are.",
    taught="12_beyond_images#is-there-one-formula-for-all-of-them",
)
def length_in_one_dimension() -> Cases:
    for stride in (1, 2, 3):
        grid = [(n, f) for n in range(5, 20) for f in (1, 2, 3, 5)]
        lengths = [
            tf.nn.conv1d(np.ones((1, n, 1)), np.ones((f, 1, 1)), stride, "VALID").shape[1]
            for n, f in grid
        ]
        stated = [(n - f) // stride + 1 for n, f in grid]
        condition = f"lengths 5 to 19, kernels of 1, 2, 3 and 5, stride {stride}"
        yield case(condition, says=True, finds=lengths == stated)


@claim(
    "GEN-C03",
    "A three-dimensional convolution with 16 kernels of 5×5×5 makes 10×10×10×16 of a volume of"
    " 14×14×14×1.",
    why="The same count as on a line, on each of three axes. One kernel holds 125 numbers.",
    taught="12_beyond_images#what-does-it-cost",
)
def three_dimensional_convolution() -> Cases:
    layer = layers.Conv3D(16, 5)
    result = layer(np.ones((1, 14, 14, 14, 1)))
    yield case("14×14×14×1, Keras", says=(10, 10, 10, 16), finds=tuple(result.shape[1:]))
    yield case("numbers in a kernel", says=125, finds=layer.get_weights()[0][..., 0].size)


@claim(
    "GEN-C04",
    "If 32 kernels of 5 a side follow on 10×10×10×16, they make 6×6×6×32 of it.",
    why="The kernels have a depth of 16, which is not slid along; that axis becomes the 32.",
    taught="12_beyond_images#what-does-it-cost",
)
def second_three_dimensional_convolution() -> Cases:
    layer = layers.Conv3D(32, 5)
    result = layer(np.ones((1, 10, 10, 10, 16)))
    yield case("10×10×10×16, Keras", says=(6, 6, 6, 32), finds=tuple(result.shape[1:]))
    by_axis = tuple(shapes.conv_output_size(side, 5) for side in (10, 10, 10))
    yield case("axis by axis, cnnutils", says=(6, 6, 6), finds=by_axis)


@claim(
    "GEN-C15",
    "Image recognition and machine translation are tasks that need a network with several inputs.",
    correct="Each of them usually has one input. Several are needed where an answer rests on"
    " different kinds of things: a question about a picture, or a text with photographs.",
    why="What is not in the input cannot be in the answer. A picture alone holds what is on it, and"
    " not what somebody asks about it.",
    taught="12_beyond_images#can-one-model-take-a-picture-a-number-and-a-sentence",
)
def tasks_that_need_two_inputs() -> Cases:
    with zoo.without_weights():
        nets = [zoo.build_vgg("D"), zoo.build_resnet(50), zoo.build_mobilenet_v1()]
    several = any(len(net.inputs) > 1 for net in nets)
    yield case("recognition by VGG-16, ResNet-50, MobileNet", says=True, finds=several)
    digits = data.load_digits()
    pictures, new = (x.reshape(len(x), 64) for x in (digits.train_images, digits.test_images))
    labels, wanted = digits.train_labels, digits.test_labels
    said = KNeighborsClassifier(3).fit(pictures, labels).predict(new)
    alone = np.mean(said == wanted)
    yield case("“Which digit is this?”: needs more than the picture", says=True, finds=alone < 0.9)
    rng = np.random.default_rng(1)  # the digit asked for is the right one or the next, by chance
    asked, asked_new = (which + rng.integers(2, size=len(which)) for which in (labels, wanted))
    yes = KNeighborsClassifier(3).fit(pictures, labels == asked).predict(new)
    alone, both = (np.mean(x == (wanted == asked_new)) for x in (yes, said == asked_new))
    condition = "“Is this a 6?”: needs more than the picture, and is answered with both"
    yield case(condition, says=True, finds=alone < 0.7 and both > 0.9)


@claim(
    "GEN-C08",
    "In Keras one creates a model, compiles it, fits it and evaluates it.",
    why="Compiling names the loss, the optimizer and the metrics; without it there is nothing to"
    " fit by.",
    taught="12_beyond_images#keras-on-one-page",
)
def create_compile_fit_evaluate() -> Cases:
    keras.utils.set_random_seed(1)
    digits = data.load_digits()
    chain = [keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")]
    model = keras.Sequential(chain)
    try:
        model.fit(digits.train_images, digits.train_labels, verbose=0)
        refused = False
    except ValueError:
        refused = True
    yield case("fit before compile is refused", says=True, finds=refused)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    model.fit(digits.train_images, digits.train_labels, epochs=8, batch_size=128, verbose=0)
    accuracy = model.evaluate(digits.test_images, digits.test_labels, verbose=0)[1]
    yield case("all four: new digits, more than 80% right", says=True, finds=accuracy > 0.8)


@claim(
    "GEN-C10",
    "A Keras model is saved with model_save and loaded with model_load.",
    correct="With model.save(path) and keras.models.load_model(path).",
    why="The two names exist nowhere in Keras; to save is something that a model does.",
    taught="12_beyond_images#keras-on-one-page",
)
def names_for_saving_and_loading() -> Cases:
    places = (keras, keras.models, keras.saving, keras.Model)
    for name in ("model_save", "model_load"):
        found = any(hasattr(place, name) for place in places)
        yield case(f"Keras has {name}", says=True, finds=found)


@claim(
    "GEN-C13",
    "A model that was created can be run in a TensorFlow session without being compiled.",
    correct="It can be run without being compiled: call it, model(x). There are no sessions in"
    " TensorFlow 2.",
    why="To compile sets what training needs; to compute an answer needs the layers alone.",
    taught="12_beyond_images#keras-on-one-page",
)
def run_without_compiling() -> Cases:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    x = np.array([[3.0, 4.0]])
    kernel, bias = model.get_weights()
    answer = float(model(x)[0, 0])
    runs = np.isclose(answer, (x @ kernel + bias)[0, 0]) and not model.compiled
    yield case("without being compiled", says=True, finds=bool(runs))
    yield case("in a session: TensorFlow 2 has tf.Session", says=True, finds=hasattr(tf, "Session"))


@claim(
    "GEN-C07",
    "Keras runs on TensorFlow, Theano and CNTK.",
    correct="Keras 3 runs on TensorFlow, JAX and PyTorch.",
    why="Theano and CNTK are no longer developed; Keras gave them up after its version 2.3.",
    taught="12_beyond_images#keras-on-one-page",
)
def backends_of_keras() -> Cases:
    for name in ("TensorFlow", "Theano", "CNTK"):
        found = util.find_spec(f"keras.src.backend.{name.lower()}") is not None
        yield case(f"Keras {keras.__version__[0]} has code for {name}", says=True, finds=found)


@claim(
    "GEN-C12",
    "The backend of Keras, TensorFlow or Theano, is chosen in the file $HOME/.keras/keras.json.",
    correct="The file chooses, unless the environment variable KERAS_BACKEND does; Theano is no"
    " longer among the choices.",
    why="Keras reads the file when it is imported, and refuses what it has no code for.",
    taught="12_beyond_images#keras-on-one-page",
)
def backend_in_a_file() -> Cases:
    with tempfile.TemporaryDirectory() as home:
        Path(home, ".keras").mkdir()
        Path(home, ".keras", "keras.json").write_text('{"backend": "theano"}', "utf-8")
        kept = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_")}
        command = [sys.executable, "-c", "import keras"]
        run = subprocess.run(command, env={**kept, "HOME": home}, capture_output=True, text=True)
    read = "theano" in run.stderr.splitlines()[-1]
    yield case("a file that asks for Theano is heeded", says=True, finds=read)
    yield case("and Keras then runs", says=True, finds=run.returncode == 0)


@claim(
    "GEN-C30",
    "A network computes the composition f_L ∘ … ∘ f₁ of its layers, where layer l computes"
    " h_l = σ(W_l h_(l−1) + b_l).",
    why="Each layer sees only what the layer before it has computed, so the functions are applied"
    " one after the other.",
    taught="01_convolution#why-not-connect-everything",
)
def composition_of_layers() -> Cases:
    for sizes in ((4, 3), (6, 5, 4, 2), (3, 8, 8, 8, 8, 1)):
        keras.utils.set_random_seed(1)
        chain = [layers.Dense(n, "sigmoid", bias_initializer="normal") for n in sizes[1:]]
        model = keras.Sequential([keras.Input((sizes[0],)), *chain])
        h = x = np.random.default_rng(1).normal(size=(1, sizes[0]))
        for weights, bias in zip(*[iter(model.get_weights())] * 2, strict=True):
            h = 1 / (1 + np.exp(-(h @ weights + bias)))
        condition = f"{len(chain)} dense layers with sigmoids: first output"
        yield case(condition, says=h[0, 0], finds=float(model(x)[0, 0]), within=1e-5)


@claim(
    "GEN-C31",
    "Convolutional networks, recurrent networks and transformers were designed for data with the"
    " structure of images.",
    correct="Convolutional networks for grids such as images; recurrent ones and, at first,"
    " transformers for sequences such as sentences.",
    why="A design shows in what a layer knows of neighbourhood before any training: a convolution"
    " knows it in two directions, a recurrent layer in one, and attention has to be told.",
    taught="12_beyond_images#what-came-after",
)
def who_knows_the_neighbours() -> Cases:
    keras.utils.set_random_seed(1)
    image = np.random.default_rng(1).normal(size=(1, 6, 6, 4)).astype("float32")
    order = np.random.default_rng(2).permutation(36)
    convolution, attention = layers.Conv2D(4, 3, padding="same"), layers.MultiHeadAttention(1, 4)
    pixels = image.reshape(1, 36, 4)
    convolved, attended = (
        [np.asarray(answer).reshape(36, 4) for answer in answers]
        for answers in (
            [convolution(x.reshape(1, 6, 6, 4)) for x in (pixels, pixels[:, order])],
            [attention(x, x) for x in (pixels, pixels[:, order])],
        )
    )
    for name, (before, after) in (("convolution", convolved), ("attention", attended)):
        knows = np.abs(before[order] - after).max() > 1e-3
        yield case(f"{name}: pixels answer otherwise when shuffled", says=True, finds=knows)
    try:
        layers.GRU(4)(image)
        takes = True
    except ValueError:
        takes = False
    yield case("recurrent layer (GRU): takes an image of 6×6×4", says=True, finds=takes)


cited(
    "GEN-C26",
    "In 2006 Hinton, Osindero and Teh train deep belief nets: stacks of restricted Boltzmann"
    " machines, trained by contrastive divergence, without graphics cards.",
    "right",
    source="[Hinton, Osindero and Teh 2006](https://doi.org/10.1162/neco.2006.18.7.1527), section"
    " 6.1",
    read="quotation",
    why="Layer by layer and at first without labels. The paper reports a few hours for each layer,"
    " in MATLAB, on a processor of 3 GHz.",
    taught="12_beyond_images#how-did-we-get-here",
)

cited(
    "GEN-C25",
    "ImageNet was presented at CVPR 2009 by Deng and others of Princeton, and the report on its"
    " contest ILSVRC is in the International Journal of Computer Vision 115(3), pages 211 to 252,"
    " of 2015.",
    "right",
    source="[Deng and others 2009](https://doi.org/10.1109/CVPR.2009.5206848) and [Russakovsky and"
    " others 2015](https://doi.org/10.1007/s11263-015-0816-y), title pages",
    read="record",
    why="Two papers: the first is on the collection of pictures, the second on five years of the"
    " contest.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C16",
    "The contest ILSVRC was first held in 2010.",
    "right",
    source="[Russakovsky and others 2015](https://arxiv.org/abs/1409.0575), abstract and section 1",
    read="passage",
    why="One year after the collection ImageNet itself, of which it takes a thousand classes.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C22",
    "The classification task of ILSVRC has about 1.2 million training images.",
    "right",
    source="[Russakovsky and others 2015](https://arxiv.org/abs/1409.0575), table 2",
    read="quotation",
    why="1,261,406 in 2010, 1,229,413 in 2011 and 1,281,167 from 2012 on.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C18",
    "ILSVRC has two tracks: classification and detection.",
    "imprecise",
    correct="These two, and also the localisation of one object (from 2011 on) and detection in"
    " videos (from 2015 on); detection itself came in 2013. Single years had more: breeds of dogs"
    " in 2012, scenes in 2015 and 2016.",
    source="[Russakovsky and others 2015](https://arxiv.org/abs/1409.0575), section 2, and the"
    " contests of [2015](https://image-net.org/challenges/LSVRC/2015/index) and"
    " [2016](https://image-net.org/challenges/LSVRC/2016/index)",
    read="quotation",
    why="The contest was changed nearly every year, so that a number of tracks needs a date.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C20",
    "The first winner of ILSVRC's classification reached an accuracy of 74.8%.",
    "wrong",
    correct="71.8%, in 2010 (NEC-UIUC), counted as the share of images whose class is among five"
    " guesses.",
    source="[Russakovsky and others 2015](https://arxiv.org/abs/1409.0575), section 6.1, and the"
    " [contest of 2010](https://image-net.org/challenges/LSVRC/2010/index)",
    read="quotation",
    why="The top-5 error of 2010 was 28.2%. Even in 2011 it was 25.8%, an accuracy of 74.2%.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C17",
    "ILSVRC has been held every year since it began.",
    "wrong",
    correct="Every year from 2010 to 2017.",
    source="[the contest of 2017](https://image-net.org/challenges/LSVRC/2017/index), news of 17"
    " and 26 July",
    read="passage",
    why="Nine days after its last results the organisers handed its three tasks over to Kaggle.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C21",
    "The winner of ILSVRC's classification in 2021 reached an accuracy of 96.2%.",
    "wrong",
    correct="There was no contest in 2021. The last winner, SENet in 2017, reached 97.75% (five"
    " guesses).",
    source="[Hu and others 2018](https://arxiv.org/abs/1709.01507), abstract; [He and others"
    " 2015](https://arxiv.org/abs/1512.03385), abstract; and the [contest of"
    " 2017](https://image-net.org/challenges/LSVRC/2017/index)",
    read="abstract",
    why="SENet's top-5 error was 2.251%. An accuracy near the one stated, 96.4%, is that of ResNet"
    " in 2015.",
    taught="12_beyond_images#imagenet-and-its-contest",
)

cited(
    "GEN-C28",
    "The network that won ILSVRC in 2012 is by Krizhevsky, Sutskever and Hinton of the University"
    " of Toronto.",
    "right",
    source="[Krizhevsky, Sutskever and Hinton 2012](https://doi.org/10.1145/3065386), title page"
    " (the number is that of the reprint of 2017)",
    read="passage",
    why="It is the one called AlexNet, after its first author.",
    taught="03_classic_networks#what-happened-in-2012",
)

cited(
    "GEN-C32",
    "The Inception network was made at Google.",
    "right",
    source="[Szegedy and others 2014](https://arxiv.org/abs/1409.4842), title page",
    read="passage",
    why="Most of the authors worked there, others at universities in North Carolina and Michigan;"
    " hence also the name GoogLeNet.",
    taught="05_inception#googlenet-nine-modules",
)
