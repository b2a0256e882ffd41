"""Chapter 7: over-fitting and its remedies, augmentation, transfer, ensembles, several crops."""

import threading

import keras
import numpy as np
from keras import layers
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.svm import SVC

from claims import Cases, case, cited, claim
from cnnutils import data, ops, training
from cnnutils.model_costs import model_costs


@claim(
    "TRAIN-C23",
    "A model with too many parameters for its few examples learns their noise: it fits them"
    " perfectly and judges new ones badly.",
    why="With as many parameters as examples there is a way to meet every example, noise included,"
    " and nothing asks how the model behaves between them.",
    taught="07_training#does-a-network-notice-a-wrong-label",
)
def as_many_parameters_as_noisy_examples() -> Cases:
    x, new = np.linspace(-1, 1, 10), np.linspace(-1, 1, 200)
    for seed in (1, 2, 3):
        y = np.sin(3 * x) + np.random.default_rng(seed).normal(0, 0.3, 10)
        fits = {number: np.polyfit(x, y, number - 1) for number in (4, 10)}
        meets_all = np.allclose(np.polyval(fits[10], x), y, atol=1e-9)
        off = {k: np.abs(np.polyval(fit, new) - np.sin(3 * new)).mean() for k, fit in fits.items()}
        where = f"polynomial with 10 numbers, 10 noisy points (seed {seed})"
        yield case(f"{where}: meets all of them", says=True, finds=meets_all)
        yield case(
            f"{where}: farther off between them than one with 4", says=True, finds=off[10] > off[4]
        )


@claim(
    "TRAIN-C12",
    "A dense network with 10 inputs, hidden layers of 20 and 30 units and 10 outputs has"
    " 10·20 + 20 + 20·30 + 30 + 30·10 + 10 + 10 = 1,170 parameters.",
    correct="1,160: the last ten of the sum belongs to no layer.",
    why="Each of the three layers has one bias a unit, and these are 20, 30 and 10, once each.",
    taught="07_training#does-a-network-notice-a-wrong-label",
)
def parameters_of_a_small_dense_network() -> Cases:
    sizes = (20, 30, 10)
    network = keras.Sequential([keras.Input((10,)), *(layers.Dense(n) for n in sizes)])
    yield case("Keras counts 10 → 20 → 30 → 10", says=1170, finds=network.count_params())


@claim(
    "TRAIN-C22",
    "A step of gradient descent is θ ← θ − η ∂L/∂θ.",
    why="The gradient points to where the loss grows fastest, so a small step against it lowers"
    " the loss.",
    taught="07_training#what-a-penalty-does",
)
def one_step_of_gradient_descent() -> Cases:
    rng = np.random.default_rng(1)
    x, y, start = rng.normal(size=(6, 2)), rng.normal(size=(6, 1)), rng.normal(size=(2, 1))
    for rate in (0.01, 0.1):
        layer = layers.Dense(1, use_bias=False)
        model = keras.Sequential([keras.Input((2,)), layer])
        model.compile(keras.optimizers.SGD(rate), "mse")
        layer.set_weights([start])
        before, after = (model.train_on_batch(x, y) for _ in range(2))
        layer.set_weights([start])
        model.train_on_batch(x, y)
        slope = ops.dense_gradients(2 / 6 * (x @ start - y), x, start).kernel
        by_rule = (start - rate * slope).ravel()
        yield case(
            f"Keras' SGD, η = {rate}, two weights",
            says=by_rule,
            finds=layer.get_weights()[0].ravel(),
            within=1e-5,
        )
        yield case(f"η = {rate}: the loss is lower after it", says=True, finds=after < before)


@claim(
    "TRAIN-C21",
    "Softmax turns the outputs a into probabilities p(y = k) = exp(a_k) / Σ exp(a_k′).",
    why="The exponential makes each output positive, and the division makes their sum 1.",
    taught="02_pooling#from-ten-scores-to-one-answer",
)
def softmax_by_its_formula() -> Cases:
    for seed in (1, 2):
        scores = np.random.default_rng(seed).normal(0, 2, (1, 4))
        formula = np.exp(scores) / np.exp(scores).sum()
        for name, softmax in (("Keras", keras.ops.softmax), ("cnnutils", ops.softmax)):
            found = np.asarray(softmax(scores))
            yield case(
                f"{name}, four scores (seed {seed})",
                says=formula[0],
                finds=found[0],
                within=1e-6,
            )


cited(
    "TRAIN-C15",
    "Dropout comes from Hinton and others (2012) and from Srivastava and others, among them Hinton"
    " and Krizhevsky (JMLR, 2014).",
    "right",
    source="[Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov 2012]"
    "(https://arxiv.org/abs/1207.0580), and [Srivastava, Hinton, Krizhevsky, Sutskever and"
    " Salakhutdinov 2014](https://jmlr.org/papers/v15/srivastava14a.html)",
    read="record",
    why="The first names the idea, the second tries it on many tasks; Sutskever and Salakhutdinov"
    " are authors of both.",
    taught="07_training#what-dropout-does",
)


@claim(
    "TRAIN-C17",
    "A loss of two tasks, λ₁L₁ + λ₂L₂, acts on the first task as a regularisation does.",
    why="Both add a term that the shared weights must serve, too. In the extreme, a second task"
    " that asks each input alone for the answer 0 is an L2 penalty.",
    taught="07_training#does-a-second-task-help-with-the-first",
)
def a_second_task_as_a_penalty() -> Cases:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    for weight in (0.5, 5.0):
        second_x, second_y = np.eye(3), np.zeros(3)
        both_x = np.concatenate([x, np.sqrt(weight) * second_x])
        both_y = np.concatenate([y, np.sqrt(weight) * second_y])
        yield case(
            f"first task: 20 points; second: 0 for each input alone, λ₂ = {weight}",
            says=Ridge(alpha=weight, fit_intercept=False).fit(x, y).coef_,
            finds=np.linalg.lstsq(both_x, both_y)[0],
            within=1e-9,
        )


@claim(
    "TRAIN-C09",
    "PCA colour augmentation finds out by itself how the colours are to be shifted.",
    correct="It finds the directions and their proportions. The strength σ is chosen by hand.",
    why="The shift is Σ αᵢλᵢpᵢ: λ and p come from the images, and the αᵢ are drawn with a standard"
    " deviation that somebody sets.",
    taught="07_training#colours-that-vary-together",
)
def what_pca_finds_and_what_it_does_not() -> Cases:
    photograph = data.load_photograph("chelsea", size=(24, 36))[np.newaxis]
    made = {sigma: training.RandomPCAColor(sigma=sigma, seed=1) for sigma in (0.1, 0.4)}
    for layer in made.values():
        layer.adapt(photograph)
    grey = np.full((1, 1, 1, 3), 0.5, "float32")
    shift = {sigma: np.asarray(layer(grey, training=True)) - 0.5 for sigma, layer in made.items()}
    yield case(
        "a cat: the same directions whatever σ",
        says=True,
        finds=bool(np.all(made[0.1].eigenvectors == made[0.4].eigenvectors)),
    )
    ratio = np.abs(shift[0.4]).max() / np.abs(shift[0.1]).max()
    yield case(
        "the same shift whatever σ: that of 0.4 divided by that of 0.1",
        says=1.0,
        finds=float(ratio),
        within=0.01,
    )


@claim(
    "TRAIN-C18",
    "To get more examples one rotates and scales the images, and flips them left-right and"
    " up-down.",
    correct="Only by changes that keep the label true, and which these are depends on the task.",
    why="A mirrored face is a face, while most mirrored digits are no digits at all.",
    taught="07_training#does-it-help",
)
def flips_that_keep_the_label() -> Cases:
    faces, digits = data.load_face_patches(), data.load_digits()
    for name, known, axis in (
        ("faces mirrored left-right", faces, 2),
        ("digits mirrored left-right", digits, 2),
        ("digits flipped up-down", digits, 1),
    ):
        train, new = (
            images.reshape(len(images), -1)
            for images in (known.train_images, np.flip(known.test_images, axis))
        )
        share = SVC().fit(train, known.train_labels).score(new, known.test_labels)
        yield case(f"{name}: 8 in 10 keep their name", says=True, finds=share > 0.8)


@claim(
    "TRAIN-C11",
    "Threads of the processor can distort the next images while the network trains on the last.",
    why="A batch needs nothing of the network's weights, so it can be made ready beforehand.",
    taught="07_training#who-changes-the-pictures-and-when",
)
def batches_made_while_a_step_waits() -> Cases:
    class Watched(training.AugmentedBatches):
        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            batch = super().__getitem__(index)
            if index == 3:
                ready.set()
            return batch

    ready, seen = threading.Event(), []
    hold = keras.callbacks.LambdaCallback()
    hold.on_train_batch_end = lambda step, logs: seen.append(ready.wait(10)) if step == 0 else None
    images, flip = np.zeros((8, 2, 2, 1)), layers.RandomFlip()
    batches = Watched(images, np.zeros(8), [flip], batch_size=2, workers=2)
    model = keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(batches, verbose=0, callbacks=[hold])
    yield case("the first of 4 steps waits: batch 4 gets ready", says=True, finds=seen == [True])
    outside = batches.threads - {threading.current_thread().name}
    yield case("threads beside the one that trains", says=True, finds=len(outside) > 0)


@claim(
    "TRAIN-C06",
    "Layers are frozen by setting trainable = 0 or freeze = 0.",
    correct="By trainable = False, which 0 stands for. Keras reads nothing that is called freeze.",
    why="Python lets one attach any name to an object, so freeze = 0 raises no error and changes"
    " nothing.",
    taught="07_training#freeze-and-check-that-it-is-frozen",
)
def switches_that_freeze() -> Cases:
    for name in ("trainable", "freeze"):
        layer = layers.Dense(3)
        layer.build((None, 2))
        setattr(layer, name, 0)
        yield case(
            f"{name} = 0: arrays of a dense layer that are still trained",
            says=0,
            finds=len(layer.trainable_weights),
        )


@claim(
    "TRAIN-C25",
    "Whoever stores the frozen layers' activations is spared the epochs of the training.",
    correct="One is spared the frozen layers in every epoch but the first; the new head's epochs"
    " are still run.",
    why="The stored activations are the head's examples, and it learns from them step by step, as"
    " any network does.",
    taught="07_training#frozen-layers-compute-the-same-in-every-epoch",
)
def what_stored_activations_spare() -> Cases:
    keras.utils.set_random_seed(1)
    trunk = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten()])
    trunk.trainable = False
    head = keras.Sequential([keras.Input((144,)), layers.Dense(2, activation="softmax")])
    whole = keras.Sequential([trunk, head])
    images, labels = np.random.default_rng(1).random((32, 8, 8, 1)), np.arange(32) % 2
    stored = trunk.predict_on_batch(images)
    head.compile("sgd", "sparse_categorical_crossentropy")
    head.fit(stored, labels, batch_size=8, epochs=3, verbose=0)
    same = np.abs(whole.predict_on_batch(images) - head.predict_on_batch(stored)).max() < 1e-5
    yield case("after it: the head needs no frozen layer for its answers", says=True, finds=same)
    yield case(
        "steps to train the head, 32 examples in batches of 8, 3 epochs",
        says=0,
        finds=int(head.optimizer.iterations),
    )


cited(
    "TRAIN-C24",
    "With little data one trains a new softmax on a frozen pretrained network, with more one"
    " trains its later layers too, and with a lot one fine-tunes all layers from the pretrained"
    " weights.",
    "right",
    source="[Keras' guide to transfer learning](https://keras.io/guides/transfer_learning/), and"
    " [Yosinski and others 2014](https://arxiv.org/abs/1411.1792), section 1",
    read="passage",
    why="The more numbers are trained, the more examples it takes to settle them; and early layers,"
    " which find edges and colours, fit most tasks as they are.",
    taught="07_training#how-much-to-train-three-recipes",
)


cited(
    "TRAIN-C19",
    "Networks that were pretrained on ImageNet have seen more than a million images.",
    "right",
    source="[Russakovsky and others 2015](https://arxiv.org/abs/1409.0575), table 2",
    read="quotation",
    why="The usual part of ImageNet is the training set of the challenge of 2012, with 1,281,167"
    " images in a thousand classes.",
    taught="07_training#where-pretrained-networks-come-from",
)


@claim(
    "TRAIN-C04",
    "An ensemble takes as many times the computation and the memory of one network as it has"
    " members.",
    why="The members share nothing: each keeps weights of its own and looks at the image itself.",
    taught="07_training#are-five-networks-better-than-one",
)
def cost_of_an_ensemble() -> Cases:
    def member() -> keras.Model:
        conv = layers.Conv2D(4, 3, activation="relu")
        return keras.Sequential([keras.Input((8, 8, 1)), conv, layers.Flatten(), layers.Dense(10)])

    one = model_costs(member())
    for number in (2, 5):
        images = keras.Input((8, 8, 1))
        votes = [member()(images) for _ in range(number)]
        all_of_them = model_costs(keras.Model(images, layers.Average()(votes)))
        ratios = [all_of_them.macs / one.macs, all_of_them.params / one.params]
        yield case(
            f"{number} members: multiply-adds, parameters",
            says=[float(number)] * 2,
            finds=ratios,
        )


@claim(
    "TRAIN-C05",
    "Averaging the answers to several crops of an image gives better results and is the way to"
    " use a network in production.",
    correct="Better results on benchmarks, for ten passes instead of one; in production that is"
    " rarely worth it.",
    why="The crops are different looks at the same image, and their errors partly cancel, as in an"
    " ensemble; but each look costs a whole pass.",
    taught="07_training#ten-looks-at-each-picture",
)
def ten_crops_against_one() -> Cases:
    def pieces(half: slice) -> np.ndarray:
        photos = [data.load_photograph(name, size=256, grey=True)[half] for name in names]
        return np.array([p[i : i + 32, j : j + 32] for p in photos for i, j in places])[..., None]

    def shades(crops: np.ndarray) -> np.ndarray:
        return np.array([np.histogram(crop, 16, (0, 1))[0] for crop in crops])

    names = ("brick", "grass", "gravel")
    places = np.random.default_rng(1).integers(0, [97, 225], (100, 2))
    truth, crops = np.repeat(range(3), 100), training.ten_crop(pieces(np.s_[128:]), 12)
    known = training.ten_crop(pieces(np.s_[:128]), 12)[:, 4]
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1).fit(shades(known), truth)
    answers = [model.predict_proba(shades(crops[:, k])) for k in range(crops.shape[1])]
    one, ten = (np.mean(p.argmax(1) == truth) for p in (answers[4], np.mean(answers, axis=0)))
    yield case("brick, grass, gravel: ten crops beat the middle one", says=True, finds=ten > one)
    yield case("answers that one image costs", says=1, finds=len(answers))
