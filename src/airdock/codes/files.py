"""Codes of files that connections reach."""

from airdock.codes.code import ErrorCode

FILES: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.file.missing",
        "There is no such file, or no such folder.",
        "Ask with `exists` before, or catch the error.",
        404,
    ),
    ErrorCode(
        "connector.file.exists",
        "There is a file of that name already.",
        "Choose a name that nothing else has, or give `overwrite`.",
        409,
    ),
    ErrorCode(
        "connector.file.denied",
        "The system does not let a file be read, written or deleted.",
        "The message has the system's own words; check the owner and the rights of the folder.",
    ),
    ErrorCode(
        "connector.file.full",
        "There is no room for a file.",
        "Make room on the disk, or raise the quota; what was there before is still there.",
        507,
    ),
    ErrorCode(
        "connector.file.path",
        "A path leads out of the connection's folder, or no file can be called so.",
        "Paths are relative, with `/` in between, and without `..`.",
        400,
    ),
    ErrorCode(
        "connector.file.tooLarge",
        "A file is larger than `maxSize`.",
        "Raise `maxSize`, or read it with `streaming`.",
    ),
    ErrorCode(
        "connector.file.tooMany", "A folder has more files than are listed.", "Give a `pattern`, or raise `most`."
    ),
    ErrorCode(
        "connector.file.changed",
        "A file was changed, or replaced, while a listener's run read it piece by piece.",
        "Nothing: the run fails, and the file comes again as it is now. Have files written under another name and"
        " renamed, or raise `settle`.",
    ),
    ErrorCode(
        "connector.file.encoding",
        "A file is not in the charset that `encoding` names.",
        "Name its charset, or read it as bytes.",
    ),
    ErrorCode(
        "connector.file.content",
        "A value cannot be written to a file.",
        "Make a text or bytes of it, with `marshal`. Items of a stream are texts or bytes, too; it is not appended.",
    ),
)
