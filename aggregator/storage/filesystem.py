"""Whether a database lies on a network file system, whose locks SQLite cannot trust (R8)."""

from __future__ import annotations

import re
from pathlib import Path

_NETWORK = re.compile(r"nfs\d*|cifs|smb\d*|smbfs|afs|9p|glusterfs|ceph|lustre|fuse\.(sshfs|rclone|s3fs|glusterfs|davfs2?)|davfs")
_MOUNTS = Path("/proc/self/mounts")


def network_filesystem(path: Path, mounts: str | None = None) -> str | None:
    """The kind of network file system that `path` lies on ("nfs4"), None for a local one or where the system does not say.

    mounts: in place of the kernel's table (fstab(5): device, folder, kind, ...; spaces written as \\040).
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    place = path.resolve()
    depth, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        folder = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        # The deepest folder counts; a later mount on the same one hides the earlier.
        if place.is_relative_to(folder) and len(folder.parts) >= depth:
            depth, kind = len(folder.parts), fields[2]
    return kind if _NETWORK.fullmatch(kind) else None
