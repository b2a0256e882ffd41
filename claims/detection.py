"""Chapters 8a to 8d: localisation, sliding windows, YOLO, region proposals."""

import functools
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import ArrayLike
from skimage import data as skimage_data
from skimage import feature, segmentation
from sklearn.linear_model import LogisticRegression

from claims import Cases, case, cited, claim
from cnnutils import boxes, data, detect, ops, shapes, zoo
from cnnutils.model_costs import model_costs


@functools.cache
def yolo_v2() -> keras.Model:
    """The second version for 608 × 608 pixels and COCO's 80 classes, without its weights."""
    with zoo.without_weights():
        return zoo.build_yolo_v2()


@functools.cache
def yolo_v3() -> keras.Model:
    """The third version for 416 × 416 pixels and COCO's 80 classes, without its weights."""
    with zoo.without_weights():
        return zoo.build_yolo_v3()


def convolutions(model: keras.Model) -> list[layers.Conv2D]:
    """The convolutions of a model, from the image on."""
    return [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]


def in_a_grid(
    boxes_xyxy: Sequence[Sequence[float]], *, cells: int, anchors: ArrayLike, image: int = 100
) -> detect.EncodedGrid:
    """Objects of one class in a square picture, written into a square grid."""
    return detect.encode_grid(
        boxes_xyxy,
        [0] * len(boxes_xyxy),
        image_size=image,
        grid_size=cells,
        anchors=anchors,
        num_classes=3,
    )


def crowd(num_objects: int, side: int, *, within: int) -> list[list[float]]:
    """Square objects, evenly spread from the upper left corner over so many pixels."""
    per_row = int(np.sqrt(num_objects))
    corners = np.linspace(0, within - side, per_row)
    return [[x, y, x + side, y + side] for y in corners for x in corners]


@claim(
    "DET-C08",
    "Classification and localisation look at one image, detection looks at several objects.",
    correct="All three look at one image. Localisation expects one object in it, detection any"
    " number.",
    why="What tells the tasks apart is how many objects an answer may name.",
    taught="08a_localisation#how-much-can-one-say-about-a-picture",
)
def images_and_objects_of_one_answer() -> Cases:
    scene = data.make_scenes(1, seed=7, num_digits=(3, 3))
    names = {
        cells: in_a_grid(
            np.asarray(scene.objects[0].boxes_xyxy).tolist(),
            cells=cells,
            anchors=[[20, 14]],
            image=64,
        ).target[..., 0]
        for cells in (1, 8)
    }
    named = {cells: int(there.sum()) for cells, there in names.items()}
    there = np.size(scene.objects[0].class_ids)
    yield case("detection names the 3 digits of one picture", says=there, finds=named[8])
    yield case("one answer about the whole picture: digits named", says=1, finds=named[1])
    network = keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(15, 8, strides=8)])
    answers = network(scene.images).shape[0]
    yield case("detection gets more than one picture", says=True, finds=answers > 1)


@claim(
    "DET-C01",
    "Localisation adds four outputs to a classifier, b_x, b_y, b_h and b_w.",
    why="Two numbers for the centre of the box and two for its height and width are enough to draw"
    " it.",
    taught="08a_localisation#which-four-numbers-are-a-box",
)
def outputs_that_localisation_adds() -> Cases:
    for num_classes in (3, 10):
        target = detect.encode_grid(
            [[10, 60, 50, 90]],
            [1],
            image_size=100,
            grid_size=1,
            anchors=[[30, 40]],
            num_classes=num_classes,
        ).target
        added = target.size - (1 + num_classes)
        yield case(f"{num_classes} classes: numbers beside p_c and them", says=4, finds=added)
        back = detect.decode_grid(target, image_size=100).boxes_xyxy
        enough = np.allclose(back, [[10, 60, 50, 90]])
        yield case("they give the box back", says=True, finds=enough)


@claim(
    "DET-C06",
    "In localisation, b_x and b_y are the centre of the image.",
    correct="They are the centre of the object's box.",
    why="The centre of the image is (0.5, 0.5) for every image; no network is needed to find it.",
    taught="08a_localisation#which-four-numbers-are-a-box",
)
def centre_of_a_box() -> Cases:
    for box in ([10, 60, 50, 90], [60, 0, 100, 20]):
        centre = boxes.convert_boxes([box], source="xyxy", target="cxcywh")[0, :2] / 100
        yield case(f"edges {box}, 100×100 image: (b_x, b_y)", says=[0.5, 0.5], finds=centre)


@claim(
    "DET-C03",
    "With the target [p_c, b_x, b_y, b_h, b_w, c_1, c_2, c_3], the simplest loss of localisation is"
    " the sum of all squared errors where there is an object, and the squared error of p_c alone"
    " where there is none.",
    why="Where nothing is, nobody can say which box or class would be right, so no error may be"
    " counted there.",
    taught="08a_localisation#what-does-a-wrong-answer-cost",
)
def loss_with_and_without_an_object() -> Cases:
    car, empty = [1, 0.5, 0.8, 0.3, 0.6, 0, 1, 0], [0.0] * 8
    for name, target, says in (("a car", car, 1.14), ("no object", empty, 0.25)):
        answer = tf.Variable([[0.5] * 8])
        counted = np.where(np.arange(8) == 0, 1, target[0])[:, np.newaxis]
        with tf.GradientTape() as tape:
            errors = keras.losses.MeanSquaredError(reduction="sum")
            loss = errors(np.array(target)[:, np.newaxis], tf.transpose(answer), counted)
        asked = np.count_nonzero(tape.gradient(loss, answer)[0])
        yield case(f"{name}, all answers 0.5", says=says, finds=float(loss), within=1e-6)
        wrong = np.count_nonzero(np.array(target) != 0.5) if target[0] else 1
        yield case(f"{name}: answers that the loss corrects", says=wrong, finds=asked)


@claim(
    "DET-C05",
    "Where there is no object, p_c and all other numbers of the target are 0.",
    correct="p_c is 0; the others are don't-care entries, which the loss leaves out, whatever is"
    " written there.",
    why="Zeros that count would say that there is a box without size in the upper left corner, and"
    " draw every doubtful answer to it.",
    taught="08a_localisation#the-target-eight-numbers-of-which-some-are-nobody-s-business",
)
def zeros_that_are_written_and_zeros_that_count() -> Cases:
    target = in_a_grid([], cells=1, anchors=[[30, 30]]).target
    yield case(
        "as cnnutils writes it: numbers that are not 0", says=0, finds=np.count_nonzero(target)
    )
    for name, weights in (("not counted", [1, 0]), ("counted", [1, 1])):
        doubtful = layers.Dense(1, use_bias=False)
        model = keras.Sequential([keras.Input((1,)), doubtful])
        model.compile(keras.optimizers.SGD(0.25), "mse")
        for _ in range(40):
            model.train_on_batch(np.ones((2, 1)), np.array([[0.5], [0]]), np.array(weights))
        yield case(
            f"an object at b_x = 0.5 in half of the pictures, zeros {name}: b_x",
            says=0.5,
            finds=round(float(doubtful.get_weights()[0][0, 0]), 3),
        )


@claim(
    "DET-C11",
    "Landmarks must be labelled in the same order in all images.",
    why="A network that cannot know which point will be called the first one answers with the mean"
    " of both, where neither is.",
    taught="08a_localisation#can-a-network-point-with-its-finger",
)
def landmarks_in_one_order_and_in_mixed_order() -> Cases:
    rng = np.random.default_rng(1)
    eyes = rng.integers([0, 8], [8, 16], (200, 2))  # left and right, in a row of 16 pixels
    rows = np.eye(16)[eyes].sum(axis=1)
    swapped = np.where(rng.random((200, 1)) < 0.5, eyes, eyes[:, ::-1])
    apart = np.abs(eyes[:, 1] - eyes[:, 0]).mean()
    for name, labels, good in (("one order", eyes, True), ("mixed order", swapped, False)):
        says = rows @ np.linalg.lstsq(rows, labels)[0]
        off = np.abs(says - eyes).mean()
        yield case(
            f"two eyes in {name}: found to a quarter of their distance",
            says=good,
            finds=off < apart / 4,
        )


@claim(
    "DET-C25",
    "IoU, intersection over union, is the area that two boxes share, divided by the area that they"
    " cover together.",
    why="It is 1 for equal boxes and 0 for boxes apart, and does not depend on the unit.",
    taught="08a_localisation#when-is-a-box-right",
)
def iou_by_counting_pixels() -> Cases:
    rng = np.random.default_rng(1)
    for _ in range(3):
        pair = rng.integers([0, 0, 11, 11], [10, 10, 21, 21], (2, 4))
        pixels = np.zeros((2, 20, 20), bool)
        for mask, (x1, y1, x2, y2) in zip(pixels, pair, strict=True):
            mask[y1:y2, x1:x2] = True
        counted = pixels.all(axis=0).sum() / pixels.any(axis=0).sum()
        iou = boxes.iou_matrix(pair[:1], pair[1:])[0, 0]
        yield case(f"{pair.tolist()}, pixels counted", says=counted, finds=iou, within=1e-12)


@claim(
    "DET-C28",
    "Non-maximum suppression begins by dropping all boxes with p_c ≤ 0.6.",
    why="Boxes that nobody believes in need not be compared; the threshold itself is a choice.",
    taught="08a_localisation#what-if-there-are-ten-boxes-around-one-thing",
)
def low_scores_go_first() -> Cases:
    apart = np.array([[20 * i, 0, 20 * i + 10, 10] for i in range(4)], "float32")
    scores = np.array([0.59, 0.6, 0.61, 0.9], "float32")
    low = float(np.float32(0.6))
    ours = boxes.non_max_suppression(apart, scores, score_threshold=low)
    theirs = tf.image.non_max_suppression(apart, scores, 9, score_threshold=low)
    for name, kept in (("cnnutils", ours), ("TensorFlow", theirs.numpy())):
        yield case(
            f"{name}, boxes apart with 0.59, 0.6, 0.61, 0.9: scores kept",
            says=[0.9, 0.61],
            finds=scores[kept].astype(float),
            within=1e-6,
        )


@claim(
    "DET-C30",
    "After taking the best box, non-maximum suppression discards the boxes that have an IoU above"
    " 0.5 with it.",
    why="So large an overlap means that both boxes show the same object. The threshold is a choice,"
    " 0.5 a usual one.",
    taught="08a_localisation#what-if-there-are-ten-boxes-around-one-thing",
)
def overlapping_boxes_go() -> Cases:
    rows = np.array([[0, 0, 10, 20], [0, 0, 10, 11], [0, 0, 10, 10], [50, 0, 60, 9]], "float32")
    scores = np.array([0.9, 0.8, 0.7, 0.6], "float32")
    iou = boxes.iou_matrix(rows[:1], rows)[0]
    expected = np.flatnonzero((iou <= 0.5) | (np.arange(4) == 0))
    ours = boxes.non_max_suppression(rows, scores)
    theirs = tf.image.non_max_suppression(rows, scores, 9, iou_threshold=0.5).numpy()
    for name, kept in (("cnnutils", ours), ("TensorFlow", theirs)):
        yield case(
            f"{name}, IoU with the best {iou.astype(float).round(2).tolist()}: boxes kept",
            says=expected.tolist(),
            finds=kept.tolist(),
        )


@claim(
    "DET-C40",
    "The shapes of anchor boxes can be found by k-means on the boxes of the data set.",
    why="The centres of the clusters are shapes that many objects resemble. YOLO's second version"
    " takes five, with 1 − IoU as the distance.",
    taught="08a_localisation#five-shapes-by-hand-or-found",
)
def anchors_found_in_the_data() -> Cases:
    rng = np.random.default_rng(1)
    clusters = np.repeat([[40, 15], [12, 36]], 50, axis=0) * rng.uniform(0.9, 1.1, (100, 2))
    found = detect.anchors_kmeans(clusters, 2, seed=0)
    yield case(
        "50 boxes about 12 high and 36 wide, 50 about 40 and 15: heights of 2 anchors",
        says=[12.0, 40.0],
        finds=found[:, 0].round(),
        within=1,
    )
    scenes = data.make_scenes(60, seed=1)
    edges = np.concatenate([truth.boxes_xyxy for truth in scenes.objects])
    sizes = (edges[:, 2:] - edges[:, :2])[:, ::-1]
    squares = [[side, side] for side in (14, 18, 22, 26, 30)]
    fit = [
        detect.shape_iou(sizes, anchors).max(axis=1).mean()
        for anchors in (detect.anchors_kmeans(sizes, 5, seed=0), squares)
    ]
    yield case("digits: 5 found fit better than 5 squares", says=True, finds=fit[0] > fit[1])


@claim(
    "DET-C12",
    "A network for 14×14 images (5×5 convolution, 2×2 pooling, dense layers), run as convolutions"
    " on a 16×16×3 image, sees four windows of 16×16.",
    correct="On four windows of 14×14, with a stride of 2.",
    why="A window of 16×16 fits into a 16×16 image only once; the four windows have the size that"
    " the network was made for.",
    taught="08b_sliding_windows#one-pass-all-windows",
)
def windows_in_a_16_pixel_image() -> Cases:
    layers_of_it = [shapes.Window(5), shapes.Window(2, 2), shapes.Window(5)]
    field = shapes.receptive_field(layers_of_it)
    yield case("side of the window behind each of the outputs", says=16, finds=field.size)
    windows = shapes.conv_output_size(16, 16, strides=field.jump) ** 2
    yield case("windows of 16×16 that fit", says=4, finds=windows)


@claim(
    "DET-C70",
    "Sliding windows as one convolutional pass are more accurate, and more robust to occlusion and"
    " light, than the same network on each window.",
    correct="The answers are the same. What is gained is speed, since windows share computations.",
    why="A dense layer over a map is a convolution with a kernel of the map's size: the same"
    " numbers are multiplied and added.",
    taught="08b_sliding_windows#one-pass-all-windows",
)
def one_pass_against_many_windows() -> Cases:
    keras.utils.set_random_seed(1)
    parts = [layers.Conv2D(4, 5, activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(3, 5)]
    network = keras.Sequential([keras.Input((None, None, 1)), *parts])
    photograph = data.load_photograph("camera", size=64, grey=True)[:16, 20:36]
    covered = photograph * (np.arange(16) > 5)
    for name, picture in (("", photograph), (", covered", covered), (", dark", photograph / 4)):
        image = picture[np.newaxis, :, :, np.newaxis]
        places = [(i, j) for i in (0, 2) for j in (0, 2)]
        windows = np.concatenate([image[:, i : i + 14, j : j + 14] for i, j in places])
        one_pass = network(image).numpy().reshape(4, 3)
        differs = not np.allclose(one_pass, network(windows).numpy().reshape(4, 3), atol=1e-5)
        yield case(f"photograph{name}: the four answers differ", says=True, finds=differs)


@claim(
    "DET-C65",
    "Sliding windows with a trained ConvNet are what is called the traditional algorithm of"
    " detection.",
    correct="The windows are traditional, the ConvNet is not: features were made by hand, and the"
    " classifier was linear or a cascade.",
    why="Such classifiers were cheap enough to be asked about every window, long before networks"
    " were.",
    taught="08b_sliding_windows#what-did-people-do-before",
)
def sliding_windows_without_a_network() -> Cases:
    photograph = data.load_photograph("astronaut", grey=True)[:256, 96:352]
    cascade = feature.Cascade(skimage_data.lbp_frontal_face_cascade_filename())
    sizes = {"min_size": (80, 80), "max_size": (160, 160)}
    hits = cascade.detect_multi_scale(photograph, scale_factor=1.25, step_ratio=1, **sizes)
    yield case(
        "windows and a cascade without a network find the astronaut's face", says=1, finds=len(hits)
    )
    patches, options = (
        data.load_face_patches(),
        {"pixels_per_cell": (5, 5), "cells_per_block": (2, 2)},
    )
    known, new = (
        np.array([feature.hog(image[..., 0], **options) for image in images])
        for images in (patches.train_images, patches.test_images)
    )
    linear = LogisticRegression(max_iter=1000).fit(known, patches.train_labels)
    share = linear.score(new, patches.test_labels)
    needed = share < 0.9
    yield case("40 patches, face or not: it takes a ConvNet for 9 in 10", says=True, finds=needed)


@claim(
    "DET-C64",
    "R-CNN is one of the traditional detectors, from before deep learning.",
    correct="It is a deep one: each of its regions goes through AlexNet. HOG with a linear"
    " classifier and deformable part models are the traditional ones.",
    why="That a network's learnt features beat those made by hand is what R-CNN became known for.",
    taught="08b_sliding_windows#what-did-people-do-before",
)
def layers_of_the_network_in_r_cnn() -> Cases:
    with zoo.without_weights():
        alexnet = zoo.build_alexnet()
    learnt = [layer for layer in alexnet.layers if layer.count_params()]
    yield case(
        "learnt layers that a region passes: one, the linear classifier", says=1, finds=len(learnt)
    )


@claim(
    "DET-C74",
    "Global average pooling gives a vector of the same length whatever the size of the input.",
    why="Each channel becomes one number, its mean, and the number of channels does not depend on"
    " the size of the image.",
    taught="08b_sliding_windows#what-about-global-average-pooling",
)
def pooled_vectors_of_maps_of_many_sizes() -> Cases:
    rng = np.random.default_rng(1)
    for size in ((7, 7), (9, 5), (1, 20)):
        maps = rng.random((1, *size, 8))
        pooled = layers.GlobalAveragePooling2D()(maps)
        yield case(f"map {size[0]}×{size[1]}×8, in Keras", says=(8,), finds=tuple(pooled.shape[1:]))
        same = np.allclose(pooled, ops.global_avg_pool2d(maps), atol=1e-6)
        yield case("the means of its channels", says=True, finds=same)


@claim(
    "DET-C71",
    "YOLO turns its dense layers into convolutions by global average pooling and convolutions of"
    " 1×1.",
    correct="A dense layer over an H×W×C map becomes a convolution with an H×W kernel; global"
    " average pooling would leave one answer for the whole image.",
    why="Pooling forgets where something was, and a dense layer over a map has a weight for each"
    " place, for which a 1×1 kernel has no room.",
    taught="08b_sliding_windows#what-about-global-average-pooling",
)
def a_dense_layer_is_not_pooled() -> Cases:
    dense = keras.Sequential([keras.Input((5, 5, 8)), layers.Flatten(), layers.Dense(10)])
    pool = layers.GlobalAveragePooling2D(keepdims=True)
    pooled = keras.Sequential([keras.Input((None, None, 8)), pool, layers.Conv2D(10, 1)])
    yield case(
        "dense layer of 10 units on 5×5×8: parameters",
        says=dense.count_params(),
        finds=pooled.count_params(),
    )
    grid = tuple(pooled(np.zeros((1, 17, 17, 8))).shape[1:3])
    yield case(
        "answers on a map of 17×17, of which 5×5 are seen at a time", says=(13, 13), finds=grid
    )
    yolo = [type(layer).__name__ for layer in (*yolo_v2().layers, *yolo_v3().layers)]
    used = "GlobalAveragePooling2D" in yolo
    yield case("YOLO's versions 2 and 3 have such a pooling", says=True, finds=used)


@claim(
    "DET-C72",
    "Global average pooling reduces the height and width of a dense layer's output.",
    correct="It works on the last feature map, in place of a dense layer. A dense layer's output"
    " has no height and width.",
    why="A dense layer puts out one number a unit, in a list; no two of them are neighbours.",
    taught="08b_sliding_windows#what-about-global-average-pooling",
)
def a_dense_layers_output_has_no_size() -> Cases:
    network = keras.Sequential([keras.Input((7, 7, 8)), layers.Flatten(), layers.Dense(10)])
    output = network(np.zeros((1, 7, 7, 8)))
    yield case("axes of one image's output beside the units", says=2, finds=output.ndim - 2)
    try:
        layers.GlobalAveragePooling2D()(output)
        accepted = True
    except ValueError:
        accepted = False
    yield case("Keras pools such an output", says=True, finds=accepted)


cited(
    "DET-C22",
    "YOLO dates from 2015.",
    "right",
    source="[Redmon and others 2015](https://arxiv.org/abs/1506.02640), first version of June, and"
    " [Redmon and others 2016](https://doi.org/10.1109/CVPR.2016.91)",
    read="record",
    why="The report came out in June of that year; the conference that it was shown at was in"
    " 2016.",
    taught="08c_yolo#how-many-questions-does-one-look-answer",
)


@claim(
    "DET-C23",
    "A detector with a grid of 3×3 cells and 8 numbers a cell puts out 3×3×8 numbers: a result for"
    " each of nine cells.",
    why="Each cell says p_c, four numbers of a box and three classes.",
    taught="08c_yolo#what-should-the-network-answer",
)
def numbers_of_a_grid_of_3_by_3() -> Cases:
    with zoo.without_weights():
        network = zoo.build_yolo_v2(input_shape=(96, 96, 3), num_anchors=1, num_classes=3)
    yield case(
        "YOLO's second version, 96×96 pixels", says=(3, 3, 8), finds=network.output.shape[1:]
    )
    target = in_a_grid([[20, 40, 70, 80]], cells=3, anchors=[[40, 40]]).target
    yield case("targets for nine cells: numbers", says=9 * 8, finds=target.size)


@claim(
    "DET-C19",
    "In a cell of YOLO's grid, the midpoint x, y lies between 0 and 1 relative to the cell; height"
    " and width relative to the cell may exceed 1.",
    why="A cell answers for objects whose midpoint it holds, and these may reach beyond it."
    " YOLO's first version took shares of the whole image for the sizes.",
    taught="08c_yolo#what-should-the-network-answer",
)
def numbers_within_a_cell() -> Cases:
    for cells in (4, 8):
        found = []
        for truth in data.make_scenes(20, seed=1).objects:
            rows = np.asarray(truth.boxes_xyxy).tolist()
            target = in_a_grid(rows, cells=cells, anchors=[[20, 14]], image=64).target
            found.append(target[target[..., 0] == 1])
        filled = np.concatenate(found)
        inside = filled[:, 1:3].min() >= 0 and filled[:, 1:3].max() <= 1
        yield case(f"digits, {cells}×{cells} cells: midpoints in 0 to 1", says=True, finds=inside)
        larger = filled[:, 3:5].max() > 1
        yield case(f"{cells}×{cells} cells: a size above 1", says=True, finds=larger)


@claim(
    "DET-C24",
    "On an image of 100×100 pixels, one takes YOLO with a grid of 19×19 cells for finer results.",
    correct="19×19 cells belong to 608×608 pixels: the network's strides make one cell of 32"
    " pixels.",
    why="A finer grid does keep more objects apart, but the number of cells is what the strides"
    " leave of the image's size.",
    taught="08c_yolo#what-should-the-network-answer",
)
def cells_of_a_100_pixel_image() -> Cases:
    objects = crowd(36, 12, within=100)
    lost = [len(in_a_grid(objects, cells=n, anchors=[[12, 12]]).unplaced) for n in (3, 19)]
    yield case("36 objects: fewer lost than with 3×3 cells", says=True, finds=lost[1] < lost[0])
    with zoo.without_weights():
        network = zoo.build_darknet53(input_shape=(None, None, 3), num_classes=None)
    for side in (608, 100):
        grid = network.compute_output_shape((1, side, side, 3))[1:3]
        yield case(f"{side}×{side} pixels through Darknet-53", says=(19, 19), finds=grid)


@claim(
    "DET-C85",
    "The finer the grid, the less likely are two objects in one cell.",
    why="Two midpoints share a cell only if they are closer than its side.",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def collisions_in_finer_grids() -> Cases:
    rng = np.random.default_rng(1)
    corners = rng.uniform(0, 90, (40, 6, 2))
    pictures = np.concatenate([corners, corners + 10], axis=2).tolist()
    lost = {
        cells: sum(
            len(in_a_grid(six, cells=cells, anchors=[[10, 10]]).unplaced) for six in pictures
        )
        for cells in (2, 4, 8, 16)
    }
    for coarse, fine in ((2, 4), (4, 8), (8, 16)):
        where = f"240 objects in 40 pictures, {fine}×{fine} cells after {coarse}×{coarse}"
        yield case(f"{where}: fewer lost", says=True, finds=lost[fine] < lost[coarse])


@claim(
    "DET-C37",
    "With anchors, an object is assigned to the cell that holds its midpoint and to the anchor of"
    " highest IoU with it.",
    why="So every object has one place in the target, and each anchor learns objects of its shape.",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def place_of_an_object() -> Cases:
    anchors = np.array([[60, 20], [20, 60], [30, 30]])
    centred = np.hstack([-anchors[:, ::-1], anchors[:, ::-1]]) / 2
    for box in ([40, 20, 60, 80], [20, 40, 80, 60], [3, 70, 28, 99]):
        x, y, width, height = boxes.convert_boxes([box], source="xyxy", target="cxcywh")[0]
        same_centre = [[-width / 2, -height / 2, width / 2, height / 2]]
        best = boxes.iou_matrix(same_centre, centred).argmax()
        edges = [100 / 3, 200 / 3]
        target = in_a_grid([box], cells=3, anchors=anchors).target
        yield case(
            f"edges {box}, 3×3 cells, a tall, a wide and a square anchor: row, column, anchor",
            says=[int(np.digitize(y, edges)), int(np.digitize(x, edges)), int(best)],
            finds=np.argwhere(target[..., 0])[0].tolist(),
        )


@claim(
    "DET-C38",
    "Anchors cannot handle more objects in a cell than there are anchors, nor two objects of the"
    " same anchor's shape.",
    why="Cell and anchor make one place of the target, and a place holds one object.",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def objects_that_find_no_place() -> Cases:
    anchors = [[60, 20], [20, 60]]
    tall, wide, wide_too, square = (
        [40, 20, 60, 80], [20, 40, 80, 60], [22, 42, 82, 62], [35, 35, 65, 65],
    )  # fmt: skip
    for name, objects, says in (
        ("a tall and a wide object", [tall, wide], 0),
        ("a tall, a wide and a square one", [tall, wide, square], 1),
        ("two wide ones", [wide, wide_too], 1),
    ):
        lost = len(in_a_grid(objects, cells=3, anchors=anchors).unplaced)
        yield case(f"{name} in one cell, a tall and a wide anchor: lost", says=says, finds=lost)


@claim(
    "DET-C36",
    "In YOLO, each cell of the grid detects one object.",
    correct="One for each anchor since the second version; the first one had two boxes a cell, but"
    " one class for both.",
    why="Anchors were brought in so that a cell can answer for several objects of unlike shapes.",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def objects_that_a_cell_names() -> Cases:
    both = [[40, 20, 60, 80], [20, 40, 80, 60]]  # tall and wide, with the same midpoint
    for name, anchors in (
        ("with one anchor", [[40, 40]]),
        ("with a tall and a wide anchor", [[60, 20], [20, 60]]),
    ):
        target = in_a_grid(both, cells=3, anchors=anchors).target
        named = int(target[1, 1, :, 0].sum())
        yield case(f"two objects, {name}: named by their cell", says=1, finds=named)


@claim(
    "DET-C34",
    "With two anchors and three classes, a cell of YOLO's grid holds 16 numbers.",
    why="Each anchor has p_c, the four numbers of a box, and the classes: 2·(5 + 3).",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def numbers_of_a_cell_with_two_anchors() -> Cases:
    with zoo.without_weights():
        network = zoo.build_yolo_v2(input_shape=(96, 96, 3), num_anchors=2, num_classes=3)
    yield case("channels of YOLO's second version", says=16, finds=network.output.shape[-1])
    target = in_a_grid([], cells=3, anchors=[[60, 20], [20, 60]]).target
    yield case("numbers of one cell of the target", says=16, finds=target[0, 0].size)


@claim(
    "DET-C35",
    "A grid of 3×3 cells with two anchors gives 18 boxes for every image.",
    why="Each cell says a box for each anchor, whether an object is there or not; thresholds and"
    " suppression remove most of them later.",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def boxes_of_a_grid_with_two_anchors() -> Cases:
    rng = np.random.default_rng(1)
    for name, answers in (
        ("zero everywhere", np.zeros((3, 3, 2, 8))),
        ("chance", rng.random((3, 3, 2, 8))),
    ):
        found = detect.decode_grid(answers, image_size=100, score_threshold=-1)
        yield case(f"answers: {name}, no threshold", says=18, finds=np.size(found.scores))


@claim(
    "DET-C73",
    "To detect three objects, the last layer of YOLO has three filters.",
    correct="It has anchors × (5 + classes) filters, whatever the number of objects.",
    why="The number of filters is the number of things that each cell says; how many objects there"
    " are differs from image to image.",
    taught="08c_yolo#what-if-two-objects-want-the-same-cell",
)
def filters_of_the_last_layer() -> Cases:
    with zoo.without_weights():
        small = zoo.build_yolo_v2(input_shape=(96, 96, 3), num_anchors=2, num_classes=3)
    heads = {"three kinds of objects, two anchors": small.get_layer("head").filters}
    heads["second version, COCO"] = yolo_v2().get_layer("head").filters
    heads["third version, COCO, each head"] = yolo_v3().get_layer("stride32").filters
    for name, filters in heads.items():
        yield case(f"{name}: filters", says=3, finds=filters)


@claim(
    "DET-C41",
    "YOLO is weak on small objects, such as flocks of birds.",
    why="Several small objects fall into one cell, which names few of them, and an error of some"
    " pixels costs a small box most of its IoU. Its authors say so of the first version.",
    taught="08c_yolo#hits-and-misses",
)
def small_objects_in_a_coarse_grid() -> Cases:
    lost = {}
    for side, within in ((10, 60), (100, 448)):
        objects = crowd(16, side, within=within)
        lost[side] = len(in_a_grid(objects, cells=7, anchors=[[side, side]], image=448).unplaced)
    where = "7×7 cells on 448 pixels"
    yield case(
        f"{where}: of a flock of 16 of 10 pixels most are lost", says=True, finds=lost[10] > 8
    )
    yield case(f"{where}: of 16 of 100 pixels all over the picture: lost", says=0, finds=lost[100])
    right = [
        boxes.iou_matrix([[0, 0, side, side]], [[4, 0, side + 4, side]])[0, 0] >= 0.5
        for side in (10, 100)
    ]
    yield case("4 pixels off, IoU of 0.5: at 10 and at 100", says=[False, True], finds=right)


@claim(
    "DET-C66",
    "YOLO predicts two or three boxes for each cell.",
    correct="Two in the first version, five in the second, three at each of three scales in the"
    " third.",
    why="The number is that of the anchors, which each version chose anew.",
    taught="08c_yolo#the-real-ones",
)
def boxes_of_a_cell() -> Cases:
    for name, output in (
        ("second version", yolo_v2().output),
        ("third version, finest grid", yolo_v3().output["stride8"]),
    ):
        number = output.shape[-1] // (5 + 80)
        yield case(f"{name}, {number} boxes: is it two or three", says=True, finds=number in (2, 3))


cited(
    "DET-C88",
    "The paper of YOLO's second version is called YOLO9000: Better, Faster, Stronger.",
    "right",
    source="[Redmon and Farhadi 2016](https://arxiv.org/abs/1612.08242), title and abstract",
    read="passage",
    why="It describes two detectors: YOLOv2, and YOLO9000, which knows over nine thousand classes.",
    taught="08c_yolo#the-real-ones",
)


@claim(
    "DET-C42",
    "The network that turns 608×608 pixels into 19×19×425 numbers is YOLO9000.",
    correct="It is YOLOv2, for the 80 classes of COCO, from the same paper; YOLO9000 knows 9,418"
    " classes.",
    why="Both have the same convolutions. The last layer tells them apart, since it has filters for"
    " every class.",
    taught="08c_yolo#the-real-ones",
)
def yolo_v2_or_yolo9000() -> Cases:
    with zoo.without_weights():
        yolo9000 = zoo.build_yolo_v2(num_anchors=3, num_classes=9418)
    before = [m.count_params() - m.get_layer("head").count_params() for m in (yolo9000, yolo_v2())]
    yield case(
        "608×608 pixels: parameters before the last layer, as in YOLO9000",
        says=before[0],
        finds=before[1],
    )
    yield case(
        "shape of the answers, as in YOLO9000",
        says=yolo9000.output.shape[1:],
        finds=yolo_v2().output.shape[1:],
    )


@claim(
    "DET-C69",
    "YOLO ends in a fully connected layer, and its fully connected layers are replaced by"
    " convolutions.",
    correct="The first version ends in two fully connected layers; the second and third have none.",
    why="Both were said of YOLO, but of different versions: a network cannot have such a layer at"
    " its end and have it replaced.",
    taught="08c_yolo#the-real-ones",
)
def dense_layers_of_yolo() -> Cases:
    for name, model in (("second", yolo_v2()), ("third", yolo_v3())):
        dense = sum(isinstance(layer, layers.Dense) for layer in model.layers)
        yield case(f"{name} version: convolutions alone", says=0, finds=dense)
        last = isinstance(model.layers[-1], layers.Dense)
        yield case(f"{name} version: a fully connected layer at the end", says=True, finds=last)


@claim(
    "DET-C68",
    "YOLO, in whatever version, predicts at several scales and uses anchor boxes.",
    correct="Since its third version: the second has anchors, but one grid, and the first has"
    " neither.",
    why="Grids on larger maps were added for small objects, which a coarse map no longer holds.",
    taught="08c_yolo#the-real-ones",
)
def grids_of_each_version() -> Cases:
    for name, outputs in (("second", yolo_v2().outputs), ("third", yolo_v3().outputs)):
        sides = sorted({output.shape[1] for output in outputs})
        yield case(f"{name} version, grids of {sides}: several", says=True, finds=len(sides) > 1)
        anchors = outputs[0].shape[-1] // (5 + 80)
        yield case(f"{name} version: several boxes a cell", says=True, finds=anchors > 1)


@claim(
    "DET-C43",
    "YOLOv2 for 608×608 pixels and the 80 classes of COCO has 50,983,561 parameters in all.",
    why="Nearly all of them are the weights of the 3×3 convolutions with 1,024 filters.",
    taught="08c_yolo#the-real-ones",
)
def parameters_of_yolo_v2() -> Cases:
    yield case("608×608 pixels, Keras counts", says=50_983_561, finds=yolo_v2().count_params())
    wide = [c for c in convolutions(yolo_v2()) if c.kernel.shape[0] == 3 and c.filters == 1024]
    share = sum(c.count_params() for c in wide) / yolo_v2().count_params()
    yield case("most of them in the 3×3 with 1,024 filters", says=True, finds=share > 0.8)


@claim(
    "DET-C44",
    "Of YOLOv2's parameters, 50,962,889 are trainable.",
    why="The others are the means and variances that batch normalisation keeps: it measures them,"
    " no gradient changes them.",
    taught="08c_yolo#the-real-ones",
)
def trainable_parameters_of_yolo_v2() -> Cases:
    trained = sum(int(np.prod(weight.shape)) for weight in yolo_v2().trainable_weights)
    yield case("Keras counts", says=50_962_889, finds=trained)


@claim(
    "DET-C45",
    "YOLOv2 has 20,672 parameters that are not trainable.",
    why="Batch normalisation has four numbers a channel, of which two, mean and variance, are not"
    " trained.",
    taught="08c_yolo#the-real-ones",
)
def parameters_that_are_not_trained() -> Cases:
    model = yolo_v2()
    kept = sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights)
    yield case("Keras counts", says=20_672, finds=kept)
    norms = [one for one in model.layers if isinstance(one, layers.BatchNormalization)]
    half = sum(one.count_params() for one in norms) // 2
    yield case(f"half of the numbers of {len(norms)} normalisations", says=20_672, finds=half)


@claim(
    "DET-C46",
    "The 23 convolutions of YOLOv2 have 864, 18,432, 294,912 and so on up to 11,796,480 parameters,"
    " k·k·C_in·C_out each; only the last, with 435,625, has a bias.",
    why="A bias before batch normalisation would be subtracted again with the mean.",
    taught="08c_yolo#the-real-ones",
)
def parameters_of_each_convolution() -> Cases:
    table = {
        864: 1, 8_192: 1, 18_432: 1, 32_768: 2, 73_728: 2, 131_072: 2, 294_912: 2, 435_625: 1,
        524_288: 2, 1_179_648: 3, 4_718_592: 3, 9_437_184: 2, 11_796_480: 1,
    }  # fmt: skip
    counted = [conv.count_params() for conv in convolutions(yolo_v2())]
    yield case("convolutions", says=23, finds=len(counted))
    for params, number in table.items():
        yield case(f"with {params:,} parameters", says=number, finds=counted.count(params))
    biases = [conv.use_bias for conv in convolutions(yolo_v2())]
    yield case("with a bias: one, the last", says=[1, True], finds=[sum(biases), biases[-1]])


@claim(
    "DET-C48",
    "The first convolution of YOLOv2, 3×3 with 32 filters on a colour image, has 864 parameters.",
    why="3·3·3 weights a filter, and no bias, since batch normalisation has its own.",
    taught="08c_yolo#the-real-ones",
)
def parameters_of_the_first_convolution() -> Cases:
    first = convolutions(yolo_v2())[0]
    yield case("Keras counts", says=864, finds=first.count_params())


@claim(
    "DET-C49",
    "From the image to the answers, YOLOv2's maps are 608, 304, 152, 76, 38 and 19 pixels high.",
    why="Five poolings of 2×2 halve them, and 608 = 19·2⁵.",
    taught="08c_yolo#the-real-ones",
)
def sides_of_the_maps_of_yolo_v2() -> Cases:
    sides = sorted({layer.output.shape[1] for layer in yolo_v2().layers}, reverse=True)
    yield case("all heights of maps in the network", says=[608, 304, 152, 76, 38, 19], finds=sides)


@claim(
    "DET-C50",
    "YOLOv2's space-to-depth turns a map of 38×38×64 into one of 19×19×256.",
    why="Each block of 2×2 pixels becomes one pixel with four times as many channels; no number is"
    " lost, so the fine map can be put before the coarse one.",
    taught="08c_yolo#the-real-ones",
)
def space_to_depth_by_2() -> Cases:
    maps = np.random.default_rng(1).random((1, 38, 38, 64)).astype("float32")
    layer = yolo_v2().get_layer("space_to_depth")
    yield case("the map that goes in", says=(38, 38, 64), finds=layer.input.shape[1:])
    stacked = layer(maps)
    yield case("the map that comes out", says=(19, 19, 256), finds=tuple(stacked.shape[1:]))
    same = np.array_equal(stacked, tf.nn.space_to_depth(maps, 2))
    yield case("the same numbers as TensorFlow's", says=True, finds=same)


@claim(
    "DET-C53",
    "YOLOv2's 3×3 convolution after the concatenation has 11,796,480 parameters.",
    why="It sees 1,280 channels, 256 of the fine map and 1,024 of the coarse one, and has 1,024"
    " filters without a bias.",
    taught="08c_yolo#the-real-ones",
)
def parameters_after_the_concatenation() -> Cases:
    model = yolo_v2()
    widths = [one.shape[-1] for one in model.get_layer("concatenate").input]
    yield case("channels that are put together", says=[256, 1024], finds=widths)
    (after,) = (c for c in convolutions(model) if c.kernel.shape[2] == 1280)
    yield case("Keras counts", says=11_796_480, finds=after.count_params())


@claim(
    "DET-C54",
    "YOLOv2's last convolution has 425 channels and 435,625 parameters.",
    why="425 = 5·(5 + 80) for five anchors and 80 classes; each of these 1×1 filters has a weight"
    " for each of 1,024 channels and a bias.",
    taught="08c_yolo#the-real-ones",
)
def parameters_of_the_last_convolution() -> Cases:
    last = convolutions(yolo_v2())[-1]
    yield case("channels in and out", says=[1024, 425], finds=list(last.kernel.shape[2:]))
    yield case("Keras counts", says=435_625, finds=last.count_params())


@claim(
    "DET-C55",
    "Each of YOLOv2's 1×1 convolutions from 1,024 to 512 channels has 524,288 parameters.",
    why="There is one weight for each pair of channels, and no bias.",
    taught="08c_yolo#the-real-ones",
)
def parameters_of_1x1_convolutions() -> Cases:
    shape = (1, 1, 1024, 512)
    counted = [c.count_params() for c in convolutions(yolo_v2()) if c.kernel.shape == shape]
    yield case("Keras counts, two of them", says=[524_288, 524_288], finds=counted)


@claim(
    "DET-C75",
    "The input of YOLOv3 is typically 416×416 pixels.",
    why="Its strides need a multiple of 32, and 416 = 13·32 gives an odd grid, which has a cell in"
    " the middle, where large objects often are.",
    taught="08c_yolo#the-real-ones",
)
def grid_of_416_pixels() -> Cases:
    grid = yolo_v3().output["stride32"].shape[1:3]
    yield case("416×416: coarsest grid, odd", says=(13, 13), finds=grid)
    for side, fits in ((416, True), (400, False)):
        try:
            with zoo.without_weights():
                zoo.build_yolo_v3(input_shape=(side, side, 3))
            accepted = True
        except ValueError:
            accepted = False
        yield case(f"{side}×{side} is a multiple of its stride", says=fits, finds=accepted)


@claim(
    "DET-C77",
    "YOLOv3 has three detection heads, for three scales.",
    why="Their grids for 416×416 pixels have 13, 26 and 52 cells a side, with three boxes a cell:"
    " 10,647 boxes for one image.",
    taught="08c_yolo#the-real-ones",
)
def heads_of_yolo_v3() -> Cases:
    heads = sorted(yolo_v3().outputs, key=lambda output: output.shape[1])
    sides = [head.shape[1] for head in heads]
    yield case("416×416 pixels: grids of the heads", says=[13, 26, 52], finds=sides)
    number = sum(int(np.prod(head.shape[1:])) // (5 + 80) for head in heads)
    yield case("boxes for one image", says=10_647, finds=number)


@claim(
    "DET-C79",
    "YOLOv3 combines its scales as a feature pyramid network does: coarse maps are enlarged and"
    " joined with finer ones.",
    why="The coarse map knows what is there, the fine one where. A pyramid network adds the two,"
    " YOLOv3 puts their channels one behind the other.",
    taught="08c_yolo#the-real-ones",
)
def coarse_maps_joined_with_finer_ones() -> Cases:
    model = yolo_v3()
    for side in (26, 52):
        joins = [one for one in model.layers if isinstance(one, layers.Concatenate)]
        (join,) = (one for one in joins if one.output.shape[1] == side)
        larger = [one.output for one in model.layers if isinstance(one, layers.UpSampling2D)]
        enlarged = sum(any(part is one for one in larger) for part in join.input)
        yield case(f"{side}×{side}: maps joined", says=2, finds=len(join.input))
        yield case(f"{side}×{side}: one of them enlarged", says=1, finds=enlarged)


cited(
    "DET-C84",
    "YOLO is the state of the art of object detection.",
    "imprecise",
    correct="It was among the best in 2016 and 2017; since then others have been more exact, and"
    " there are faster ones.",
    source="[Redmon and Farhadi 2016](https://arxiv.org/abs/1612.08242), abstract, against"
    " [Redmon and Farhadi 2018](https://arxiv.org/abs/1804.02767), table 3",
    read="passage",
    why="The second version's paper calls it so. In the third version's own table, another detector"
    " has the higher average precision on COCO.",
    taught="12_beyond_images#what-does-state-of-the-art-mean",
)


cited(
    "DET-C57",
    "R-CNN stands for regions with CNN features.",
    "right",
    source="[Girshick and others 2013](https://arxiv.org/abs/1311.2524), abstract",
    read="passage",
    why="It proposes regions of the image and describes each by what a network computes from it.",
    taught="08d_region_proposals#where-could-something-be",
)


cited(
    "DET-C59",
    "R-CNN looks at about 2,000 region proposals in each image.",
    "right",
    source="[Girshick and others 2013](https://arxiv.org/abs/1311.2524), figure 1",
    read="passage",
    why="Selective search gives about that many boxes, far fewer than there are windows.",
    taught="08d_region_proposals#r-cnn-one-look-for-each-proposal",
)


@claim(
    "DET-C58",
    "R-CNN gets its windows from a segmentation algorithm.",
    correct="From selective search, which starts from a segmentation and then merges neighbouring"
    " pieces, over and over.",
    why="A segmentation splits by colour, and most objects have more than one.",
    taught="08d_region_proposals#where-could-something-be",
)
def pieces_of_objects_with_one_and_two_colours() -> Cases:
    for name, head in (("one colour", (0.9, 0.1, 0.1)), ("two colours", (0.1, 0.1, 0.9))):
        image = np.full((60, 60, 3), (0.2, 0.7, 0.2))
        image[10:30, 20:40], image[30:50, 20:40] = head, (0.9, 0.1, 0.1)
        labels = segmentation.felzenszwalb(image, scale=60, sigma=0.4, min_size=12)
        places = [np.argwhere(labels == piece) for piece in np.unique(labels)]
        pieces = [[*place.min(0)[::-1], *place.max(0)[::-1] + 1] for place in places]
        iou = boxes.iou_matrix(pieces, [[20, 10, 40, 50]]).max()
        yield case(
            f"an object of {name}: a piece's box has an IoU of 0.8 with it",
            says=True,
            finds=iou >= 0.8,
        )


@claim(
    "DET-C60",
    "Fast R-CNN is R-CNN with the convolutional implementation of sliding windows.",
    correct="It computes one feature map for the whole image, and reads the features of each"
    " proposal out of it, wherever it lies and whatever its size.",
    why="Shared computation is common to both; but windows have one size and stand on a grid, and"
    " proposals do not.",
    taught="08d_region_proposals#what-is-computed-twice",
)
def shared_maps_and_fixed_windows() -> Cases:
    rng = np.random.default_rng(1)
    image, kernel = rng.random((1, 32, 40, 1)), rng.random((3, 3, 1, 2))
    whole, part = ops.conv2d(image, kernel), ops.conv2d(image[:, 1:14, 3:23], kernel)
    shared = np.allclose(whole[:, 1:12, 3:21], part)
    yield case("features of a region are part of the image's map", says=True, finds=shared)
    field = shapes.receptive_field([shapes.Window(5), shapes.Window(2, 2), shapes.Window(5)])
    steps = {
        axis: range(0, side - field.size + 1, field.jump) for axis, side in (("x", 40), ("y", 32))
    }
    windows = {(x, y, x + field.size, y + field.size) for x in steps["x"] for y in steps["y"]}
    is_window = (3, 1, 23, 14) in windows
    yield case("a proposal of 20×13 pixels at (3, 1) is a window", says=True, finds=is_window)


cited(
    "DET-C83",
    "Faster R-CNN is from 2016 (Ren and others).",
    "imprecise",
    correct="It was reported in June 2015 and shown at NIPS in the same year; the report's third"
    " version is from 2016, and the journal's article from 2017.",
    source="[Ren, He, Girshick and Sun 2015](https://arxiv.org/abs/1506.01497), dates of all"
    " versions, and [Ren, He, Girshick and Sun 2017](https://doi.org/10.1109/TPAMI.2016.2577031)",
    read="record",
    why="A paper may have several dates, and the first public one says who was earlier.",
    taught="08d_region_proposals#faster-r-cnn-the-network-proposes",
)


@claim(
    "DET-C62",
    "R-CNN, Fast R-CNN and Faster R-CNN are slower than YOLO.",
    why="They multiply and add more for each image: many regions, larger networks. It holds for the"
    " detectors as published; today's in one and in two stages overlap in speed.",
    taught="08d_region_proposals#and-the-real-ones",
)
def work_of_the_families_for_one_image() -> Cases:
    with zoo.without_weights():
        alexnet = model_costs(zoo.build_alexnet()).macs
        small = model_costs(zoo.build_vgg("D"))
        large = model_costs(zoo.build_vgg("D", input_shape=(608, 992, 3), num_classes=None)).macs
    head = sum(row.macs for row in small.layers if row.kind == "Dense")
    yolo = model_costs(yolo_v2()).macs
    for name, macs in (
        ("R-CNN, AlexNet on 2,000 regions", 2000 * alexnet),
        ("Fast R-CNN, VGG-16 once, its head on 2,000 regions", large + 2000 * head),
        ("Faster R-CNN, VGG-16 once, its head on 300 regions", large + 300 * head),
    ):
        yield case(f"{name}: more multiply-adds than YOLOv2", says=True, finds=macs > yolo)


cited(
    "DET-C63",
    "SSD and MultiBox are other detectors in one shot.",
    "imprecise",
    correct="SSD is one. MultiBox predicts boxes without classes; another network must name what"
    " is in them.",
    source="[Liu and others 2015](https://arxiv.org/abs/1512.02325), section 2.2, and [Erhan and"
    " others 2013](https://arxiv.org/abs/1312.2249), abstract",
    read="passage",
    why="MultiBox proposes boxes for any kind of object. SSD starts from its loss and its matching,"
    " matches more boxes, and adds a score for each class.",
    taught="08d_region_proposals#ssd-skip-the-proposals",
)
