"""Past editions to report on."""

from tests.archive.conftest import make  # noqa: F401 - a fixture
