from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.storage.filesystem import network_filesystem

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/shared nfs4 rw 0 0
/dev/sdb1 /srv/shared/disk xfs rw 0 0
//nas/home /srv/my\\040nas cifs rw 0 0
tmpfs /srv/hidden tmpfs rw 0 0
user@host: /srv/hidden fuse.sshfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/aggregator.db", None),
        ("/srv/shared/aggregator.db", "nfs4"),
        ("/srv/sharedtoo/aggregator.db", None),
        ("/srv/shared/disk/aggregator.db", None),
        ("/srv/my nas/aggregator.db", "cifs"),
        ("/srv/hidden/aggregator.db", "fuse.sshfs"),
    ],
)
def test_the_deepest_and_latest_mount_says_what_a_file_lies_on(path: str, kind: str | None) -> None:
    assert network_filesystem(Path(path), MOUNTS) == kind


def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path) is None
