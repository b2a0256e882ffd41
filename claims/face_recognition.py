"""Chapter 10: verification and identification, embeddings, triplets, galleries.

The checks that need an embedding take one that is learnt in half a second: linear discriminants of
the pixels of 150 drawn people. It is tried on people whom it has never met.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.spatial import distance
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from claims import Cases, case, cited, claim
from cnnutils import data, faces, ops, verify


def pixels(images: np.ndarray) -> np.ndarray:
    """Half as large and unrolled, (N, 192)."""
    return ops.avg_pool2d(images, 2).reshape(len(images), -1)


@cache
def discriminants() -> LinearDiscriminantAnalysis:
    """Directions in which pictures of 150 people differ more than those of one."""
    train = data.make_faces(150, seed=0, images_per_person=5, image_size=16)
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.05, n_components=32)
    return model.fit(pixels(train.images), train.person_ids)


def embed(images: np.ndarray) -> np.ndarray:
    """32 numbers for each face, of length 1."""
    vectors = discriminants().transform(pixels(images))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@cache
def new_people() -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of six pictures each of sixty people, (60, 6, 32), and who is on them, (60, 6)."""
    drawn = data.make_faces(60, seed=2, images_per_person=6, split="test", image_size=16)
    return embed(drawn.images).reshape(60, 6, 32), drawn.person_ids.reshape(60, 6)


def pairs(vectors: np.ndarray, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every two embeddings, and whether they are of one person."""
    i, j = np.triu_indices(len(ids), k=1)
    return vectors[i], vectors[j], ids[i] == ids[j]


@claim(
    "FACE-C01",
    "Verification compares a face with that of the claimed person (1:1) and says yes or no;"
    " recognition compares it with K known people (1:K) and names one of them or nobody.",
    why="A claim settles with whom to compare. Without one every person on the list comes into"
    " question, and that it is none of them.",
    taught="10_face_recognition#one-question-or-k-questions",
)
def one_comparison_or_many() -> Cases:
    shown, _ = new_people()
    gallery = verify.Gallery(shown[:20, 0], [f"person {n}" for n in range(20)])
    d = verify.squared_distances(shown[3:4, 1], shown[:20, 0])
    yield case("person 3 claims to be person 3", says=True, finds=d[0, 3] <= 0.4)
    yield case("person 3 claims to be person 7", says=False, finds=d[0, 7] <= 0.4)
    for who, says in ((3, "person 3"), (45, "nobody")):
        match = gallery.identify(shown[who, 1], threshold=0.4)
        yield case(
            f"person {who} claims nothing, 0 to 19 are known",
            says=says,
            finds=match.name if match else "nobody",
        )


@claim(
    "FACE-C02",
    "A verifier that is to recognise people on a list must be right in about 99.9% of its"
    " decisions, since with K people its errors accumulate over K comparisons.",
    why="Even then a hundred answers are all right in 90% of the cases; at 99% each they are in"
    " 37%, if the comparisons are independent.",
    taught="10_face_recognition#one-question-or-k-questions",
)
def errors_accumulate() -> Cases:
    rng = np.random.default_rng(1)
    for each, says in ((0.999, 0.90), (0.99, 0.37)):
        all_right = (rng.random((50_000, 100)) < each).all(axis=1).mean()
        lists = f"right in {each:.1%}, 50,000 lists of 100"
        condition = f"{lists}: share without an error"
        yield case(condition, says=says, finds=all_right, within=0.01)
        yield case(f"{lists}: most without", says=each == 0.999, finds=all_right > 0.5)


@claim(
    "FACE-C25",
    "One-shot learning is to learn a person from a single example.",
    why="What a face is made of was learnt before, from other people; of the new person the list"
    " needs one embedding.",
    taught="10_face_recognition#why-not-a-class-for-each-person",
)
def one_example_is_enough() -> Cases:
    shown, ids = new_people()
    d = verify.squared_distances(shown[:20, 1:].reshape(-1, 32), shown[:20, 0])
    named = np.mean(d.argmin(axis=1) == ids[:20, 1:].ravel())
    yield case(
        "20 new people, one picture each: others named rightly more than five times as often as"
        " by guessing",
        says=True,
        finds=named > 5 / 20,
    )
    yield case("pictures of each on the list", says=1, finds=len(shown[:20, 0]) // 20)


@claim(
    "FACE-C03",
    "Two pictures are taken to show the same person if their distance d is at most a threshold τ.",
    why="An embedding is trained so that pictures of one person lie close together. τ is chosen on"
    " some people, and serves for others.",
    taught="10_face_recognition#a-distance-and-a-threshold",
)
def distance_and_threshold() -> Cases:
    shown, ids = new_people()
    known, new = (
        pairs(shown[part].reshape(-1, 32), ids[part].ravel())
        for part in (slice(0, 30), slice(30, 60))
    )
    tau = verify.equal_error_rate(np.sum((known[0] - known[1]) ** 2, axis=1), known[2]).threshold
    accepted = np.sum((new[0] - new[1]) ** 2, axis=1) <= tau
    for who, same in (("one person", True), ("two people", False)):
        right = np.mean(accepted[new[2] == same] == same)
        yield case(f"pairs of {who}: more than three in four right", says=True, finds=right > 0.75)


@claim(
    "FACE-C04",
    "The distance of a Siamese network is d(x₁, x₂) = ‖f(x₂) − f(x₂)‖².",
    correct="d(x₁, x₂) = ‖f(x₁) − f(x₂)‖².",
    why="As it stands, the first picture does not occur, and any two people have distance 0.",
    taught="10_face_recognition#two-branches-one-network",
)
def distance_without_the_first_picture() -> Cases:
    f = new_people()[0][:, 0]
    d = verify.squared_distances(f, f)
    for x1, x2 in ((0, 1), (5, 30)):
        printed = np.sum((f[x2] - f[x2]) ** 2)
        yield case(f"people {x1} and {x2}", says=printed, finds=d[x1, x2].round(3))


@claim(
    "FACE-C27",
    "Each branch of a Siamese network outputs a similarity score, and the scores are combined.",
    correct="Each branch outputs an embedding; the score is computed from both embeddings, for"
    " instance as their distance.",
    why="A branch sees one picture, and one picture alone is not similar to anything.",
    taught="10_face_recognition#two-branches-one-network",
)
def what_a_branch_puts_out() -> Cases:
    keras.utils.set_random_seed(1)
    branch = keras.Sequential([keras.Input((16, 16, 3)), layers.Flatten(), layers.Dense(128)])
    inputs = [keras.Input((16, 16, 3)), keras.Input((16, 16, 3))]
    siamese = keras.Model(inputs, [branch(each) for each in inputs])
    images = data.make_faces(3, seed=1, images_per_person=1, image_size=16).images
    first, _ = siamese.predict_on_batch([images[[0, 0]], images[[1, 2]]])
    yield case("numbers that a branch puts out for a face", says=1, finds=first.shape[1])
    changed = np.abs(first[0] - first[1]).max() > 1e-6
    yield case("another face at the other branch changes it", says=True, finds=changed)


@claim(
    "FACE-C23",
    "FaceNet encodes a face in 128 bits.",
    correct="In 128 numbers: 4,096 bits in float32, and 1,024 bits when each is rounded to a byte.",
    why="Its last layer has 128 units, and each puts out a real number.",
    taught="10_face_recognition#two-branches-one-network",
)
def bits_of_an_encoding() -> Cases:
    model = keras.Sequential(
        [keras.Input((16, 16, 3)), layers.Flatten(), layers.Dense(128), layers.UnitNormalization()]
    )
    (encoding,) = model.predict_on_batch(np.ones((1, 16, 16, 3)))
    for name, stored in (("float32", encoding), ("a byte each", (127 * encoding).astype("int8"))):
        yield case(f"128 units, {name}: bits", says=128, finds=8 * stored.nbytes)


@claim(
    "FACE-C14",
    "The squared distance of an anchor and a positive is the sum of the squared differences of"
    " their embeddings' coordinates: (f(A)₁ − f(P)₁)² + (f(A)₂ − f(P)₂)² + ….",
    why="This is Pythagoras in as many dimensions as the embedding has numbers.",
    taught="10_face_recognition#which-128-numbers",
)
def squared_distance_by_coordinates() -> Cases:
    rng = np.random.default_rng(1)
    for size in (2, 128):
        a, p = rng.normal(size=(2, size))
        by_hand = sum((a[k] - p[k]) ** 2 for k in range(size))
        found = [verify.squared_distances(a[None], p[None])[0, 0], distance.sqeuclidean(a, p)]
        condition = f"{size} coordinates: cnnutils, SciPy"
        yield case(condition, says=[by_hand, by_hand], finds=found, within=1e-9)


@claim(
    "FACE-C15",
    "‖f(A) − f(P)‖² = Σᵢ (f(A⁽ⁱ⁾) − f(P⁽ⁱ⁾))², summed over the m training examples.",
    correct="The norm sums over the coordinates of one pair; the sum over the examples i is the"
    " cost J.",
    why="Two sums are mixed up. They agree only where the training set is a single pair.",
    taught="10_face_recognition#which-128-numbers",
)
def which_sum_is_the_norm() -> Cases:
    shown, _ = new_people()
    for m in (1, 3):
        a, p = shown[:m, 0], shown[:m, 1]
        over_examples = sum(np.sum((a[i] - p[i]) ** 2) for i in range(m))
        of_a_pair = verify.squared_distances(a[:1], p[:1])[0, 0]
        pair = f"m = {m}: the first pair's squared distance"
        yield case(pair, says=over_examples, finds=of_a_pair, within=1e-5)


@claim(
    "FACE-C06",
    "The triplet loss is max(‖f(A) − f(P)‖² − ‖f(A) − f(N)‖² + α, 0), and the cost J is its sum"
    " over the triplets.",
    why="A triplet whose negative is farther than the positive by α pays nothing; any other pays"
    " what is missing.",
    taught="10_face_recognition#which-128-numbers",
)
def triplet_loss_and_cost() -> Cases:
    a, p = np.zeros((2, 2)), np.array([[0.3, 0], [0.3, 0]])
    n = np.array([[0, 0.4], [0, 0.6]])
    worked = [0.09 - 0.16 + 0.2, 0]  # 0.09 − 0.36 + 0.2 is below 0
    losses = np.asarray(faces.triplet_loss(a, p, n, margin=0.2))
    condition = "d(A, P) = 0.09, d(A, N) = 0.16 and 0.36, α = 0.2"
    yield case(condition, says=worked, finds=losses, within=1e-6)
    a, p, n = np.random.default_rng(1).normal(size=(3, 50, 128))
    cost = sum(max(np.sum((a - p)[t] ** 2 - (a - n)[t] ** 2) + 9, 0) for t in range(50))
    by_cnnutils = np.sum(faces.triplet_loss(a, p, n, margin=9))
    yield case("J of 50 random triplets, α = 9", says=cost, finds=by_cnnutils, within=1e-3 * cost)


@claim(
    "FACE-C08",
    "A triplet has done its part as soon as d(A, P) − d(A, N) + α ≤ 0, that is, as soon as the"
    " negative is farther away than the positive by at least the margin α.",
    why="There the loss is cut off at 0 and its slope is 0, so the triplet changes no weight.",
    taught="10_face_recognition#which-128-numbers",
)
def when_a_triplet_is_done() -> Cases:
    a, p, n = (tf.constant(part) for part in np.random.default_rng(1).normal(size=(3, 500, 3)))
    with tf.GradientTape() as tape:
        tape.watch(a)
        loss = faces.triplet_loss(a, p, n, margin=0.2)
    still = np.all(tape.gradient(loss, a) == 0, axis=1)
    kept = np.linalg.norm(a - p, axis=1) ** 2 - np.linalg.norm(a - n, axis=1) ** 2 + 0.2 <= 0
    yield case("500 triplets: those without a slope", says=kept.sum(), finds=still.sum())
    yield case("they are the same ones", says=True, finds=np.array_equal(kept, still))


@claim(
    "FACE-C12",
    "To train with triplets one needs several pictures of each person, such as 10,000 pictures of"
    " 1,000 people.",
    why="The anchor and the positive are two pictures of one person; whoever has a single picture"
    " can only serve as a negative.",
    taught="10_face_recognition#from-the-loss-to-a-training",
)
def several_pictures_of_each_person() -> Cases:
    for each, says in ((10, True), (1, False)):
        ids = np.repeat(np.arange(1_000), each)
        embeddings = np.random.default_rng(1).normal(size=(len(ids), 8))
        some = slice(0, 500)  # as in a large batch
        triplets = faces.mine_triplets(embeddings[some], ids[some], mining="random")
        condition = f"500 of {len(ids):,} pictures of 1,000 people: they hold triplets"
        yield case(condition, says=says, finds=len(triplets.anchors) > 0)


@claim(
    "FACE-C07",
    "The margin α keeps the network from giving every picture the same embedding, such as f = 0.",
    why="A constant makes all distances 0. Without a margin that costs nothing; with one it costs"
    " α for each triplet, more than embeddings that tell people apart.",
    taught="10_face_recognition#why-the-margin",
)
def what_a_constant_costs() -> Cases:
    for constant in (0.0, 3.0):
        f = np.full((4, 128), constant)
        for margin in (0.0, 0.2):
            loss = np.asarray(faces.triplet_loss(f, f, f, margin=margin))
            condition = f"f = {constant:.0f} for everybody, α = {margin}: loss a triplet"
            yield case(condition, says=margin, finds=loss.mean(), within=1e-6)
    shown, _ = new_people()
    learnt = faces.triplet_loss(shown[:-1, 0], shown[:-1, 1], shown[1:, 0], margin=0.2)
    cheaper = np.mean(learnt) < 0.2
    yield case("learnt embedding, α = 0.2: cheaper than a constant", says=True, finds=cheaper)


@claim(
    "FACE-C09",
    "Triplets that are drawn at random mostly satisfy the constraint already, so that little is"
    " learnt from them.",
    why="Two random people seldom look alike. A triplet that keeps the margin has loss 0 and no"
    " gradient.",
    taught="10_face_recognition#which-triplets-are-worth-it",
)
def random_triplets_are_easy() -> Cases:
    shown, ids = new_people()
    vectors, whose = shown[:16, :4].reshape(-1, 32), ids[:16, :4].ravel()
    ways: tuple[tuple[faces.Mining, bool], ...] = (("random", True), ("semi-hard", False))
    for mining, says in ways:
        a, p, n = faces.mine_triplets(vectors, whose, mining=mining)
        losses = np.asarray(faces.triplet_loss(vectors[a], vectors[p], vectors[n]))
        condition = f"64 pictures of 16 people, {mining} negatives: most have loss 0"
        yield case(condition, says=says, finds=np.mean(losses == 0) > 0.5)


@claim(
    "FACE-C11",
    "Triplets become hard when the negative is shown in the same pose as the anchor.",
    correct="The negatives that make a triplet hard are people who look like the anchor; the same"
    " pose helps, as one thing among several.",
    why="Everything that makes two pictures alike brings the negative nearer, and features do so"
    " more than the pose.",
    taught="10_face_recognition#which-triplets-are-worth-it",
)
def pose_or_looks() -> Cases:
    front, posed = (
        data.make_faces(100, seed=3, images_per_person=2, image_size=16, variation=v, split="test")
        for v in (0, 1)  # the same people facing the camera, and in any pose
    )
    anchors, positives = embed(front.images[::2]), embed(posed.images[::2])
    d_p = np.sum((anchors - positives) ** 2, axis=1, keepdims=True)
    same_pose, other_pose = (
        d_p - verify.squared_distances(anchors, embed(group.images[1::2])) + 0.2 > 0
        for group in (front, posed)
    )
    rows, others = np.arange(100)[:, None], ~np.eye(100, dtype=bool)
    by_looks = verify.squared_distances(front.traits, front.traits).argsort(axis=1)
    oftener = same_pose[others].mean() > other_pose[others].mean()
    yield case("any stranger: oftener hard in the anchor's pose", says=True, finds=oftener)
    unlike, alike = same_pose[rows, by_looks[:, 50:]], other_pose[rows, by_looks[:, 1:6]]
    condition = "an unlike stranger in the same pose: oftener hard than a look-alike in another"
    yield case(condition, says=True, finds=unlike.mean() > alike.mean())


@claim(
    "FACE-C16",
    "A logistic unit says whether two pictures show one person by ŷ = σ(Σₖ |f(x₁)ₖ − f(x₂)ₖ| + b).",
    correct="ŷ = σ(Σₖ wₖ |f(x₁)ₖ − f(x₂)ₖ| + b), with learnt weights wₖ, most of them negative.",
    why="Without weights the sum only grows with the difference, so the unit says “the same” the"
    " more surely, the more two pictures differ. No b turns that round.",
    taught="10_face_recognition#the-other-way-a-yes-or-no-classifier",
)
def logistic_unit_without_weights() -> Cases:
    shown, ids = new_people()
    first, second, same = pairs(shown.reshape(-1, 32), ids.ravel())
    features = np.asarray(faces.pair_features(first, second, kind="absolute"))
    z = features.sum(axis=1)
    for b in (-6, -3, 0):
        y = ops.sigmoid(z + b)
        surer = y[same].mean() > y[~same].mean()
        yield case(f"b = {b}: surer of “same” for one person", says=True, finds=surer)
    errors = verify.equal_error_rate(-z, same).rate
    yield case("best b: better than a coin", says=True, finds=errors < 0.5)


@claim(
    "FACE-C20",
    "The embeddings of the people in the database can be computed once, in advance.",
    why="A branch needs one picture alone, so an embedding stays what it is, whoever comes to the"
    " door. Then the network runs for one picture and not for the whole list.",
    taught="10_face_recognition#at-the-door-a-gallery",
)
def embeddings_in_advance() -> Cases:
    images = data.make_faces(30, seed=4, images_per_person=2, image_size=16).images
    gallery = verify.Gallery(embed(images[::2]), [f"{n}" for n in range(30)])
    answers = gallery.identify_many(embed(images[1::2]), threshold=4)
    in_advance = [int(answer.name) for answer in answers if answer]
    anew = []
    for visitor in images[1::2]:  # with every enrolled picture embedded again beside the visitor's
        f = embed(np.concatenate([visitor[None], images[::2]]))
        anew.append(int(distance.cdist(f[:1], f[1:]).argmin()))
    equal = np.sum(np.equal(anew, in_advance))
    yield case("30 visitors: answers as with all embeddings anew", says=30, finds=equal)


cited(
    "FACE-C13",
    "DeepFace is the network of the paper “Closing the Gap to Human-Level Performance in Face"
    " Verification”.",
    "right",
    source="[Taigman and others 2014](https://doi.org/10.1109/CVPR.2014.220), title and abstract,"
    " and [Schroff, Kalenichenko and Philbin 2015](https://arxiv.org/abs/1503.03832), abstract",
    read="abstract",
    why="It learnt classes of people and then compared encodings. The triplet loss, often ascribed"
    " to it, is FaceNet's, of the year after.",
    taught="10_face_recognition#how-the-large-systems-did-it",
)

cited(
    "FACE-C24",
    "FaceNet uses an Inception network.",
    "right",
    source="[Schroff, Kalenichenko and Philbin 2015](https://arxiv.org/abs/1503.03832), section"
    " 3.3 and table 2",
    read="passage",
    why="Its NN2, NN3 and NN4 are Inception networks; NN1 is a plain one with 1×1 convolutions.",
    taught="10_face_recognition#how-the-large-systems-did-it",
)
