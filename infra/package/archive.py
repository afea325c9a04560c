"""Zip files whose bytes depend on their content only."""

import shutil
import zipfile
from pathlib import Path

# The earliest moment a zip file can name; the content decides the bytes, not the clock.
EPOCH = (1980, 1, 1, 0, 0, 0)
# A regular file that everybody may read (`stat.S_IFREG | 0o644`), in the upper half as Unix wants it: Lambda's user
# is not the one who built the archive.
MODE = 0o100644 << 16
UNIX = 3


def write_archive(archive: Path, folder: Path, *, onto: Path | None = None) -> None:
    """Write every file below `folder` into `archive`, sorted by name, after the entries of `onto` if given.

    The archive appears under its name only when it is whole.
    """
    draft = archive.with_suffix(".draft")
    if onto is None:
        draft.unlink(missing_ok=True)
    else:
        shutil.copyfile(onto, draft)
    with zipfile.ZipFile(draft, mode="a", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as whole:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), date_time=EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = UNIX
                entry.external_attr = MODE
                whole.writestr(entry, path.read_bytes(), compresslevel=9)
    draft.replace(archive)
