"""Right arguments of what makes and loads data."""

from tests.cnnutils.fuzz.arithmetic import Arguments

DATA: dict[str, Arguments] = {
    "load_digits": {"split": "random", "seed": 3},
    "load_face_patches": {},
    "load_photograph": {"name": "camera", "size": (6, 5), "grey": True},
    "make_faces": {
        "num_people": 2,
        "seed": 3,
        "images_per_person": 1,
        "split": "test",
        "image_size": 16,
        "variation": 0.5,
        "skin_tones": (0.25, 0.75),
    },
    "make_heartbeats": {
        "num_strips": 2,
        "seed": 3,
        "num_samples": 200,
        "sampling_rate": 50.0,
        "noise": 0.02,
    },
    "make_scenes": {
        "num_scenes": 2,
        "seed": 3,
        "split": "test",
        "digit_split": "random",
        "image_size": (40, 48),
        "num_digits": (1, 2),
        "digit_height": (14, 20),
    },
}
