"""Puts an export on the hub: only where that is asked for, and with all that goes there said before."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pitchpipe.errors import PitchpipeError
from pitchpipe.host.contracts import Console
from pitchpipe_stages.console import bytes_in_words, escape
from pitchpipe_stages.export.destination import MARK

NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
CURES = {
    401: "the hub does not know the token: hf auth login, or set HF_TOKEN to one that may write",
    403: "the token may not write there: is the name before the slash yours, and may the token write?",
    404: "the hub has no such owner, or the token may not see it",
    409: "the hub is busy with that name, or it is taken: try again, or take another",
    413: "the hub refuses files of this size",
    429: "the hub asks to wait: try again later",
}


@dataclass(frozen=True)
class HubPlace:
    """A name on the hub that an export goes to."""

    name: str
    private: bool

    @classmethod
    def checked(cls, name: str, private: bool, force: bool) -> "HubPlace":
        """The place, asked for before anything long begins: a token that may write, a name that is free."""
        from huggingface_hub import HfApi, constants, get_token

        if not NAME.fullmatch(name):
            raise PitchpipeError(f"--push {name}: a name on the hub is OWNER/NAME, as in me/my-model")
        if constants.HF_HUB_OFFLINE:
            raise PitchpipeError(
                f"--push {name}: the hub is switched off (HF_HUB_OFFLINE). Unset it to push."
            )
        if get_token() is None:
            raise PitchpipeError(
                f"--push {name}: no token to write to the hub with: hf auth login, or set HF_TOKEN"
            )
        with _told(name):
            whole = name if "/" in name else f"{HfApi().whoami()['name']}/{name}"
            if not force and (strangers := _strangers(whole)):
                raise PitchpipeError(
                    f"--push {name}: {whole} holds what pitchpipe did not export, as {strangers[0]}."
                    " Take another name, or --force to put the export among it."
                )
        return cls(whole, private)

    def push(self, folder: Path, console: Console) -> str:
        """Uploads all files in one commit; what the hub has already does not go again. Its address."""
        from huggingface_hub import HfApi

        files = [file for file in folder.rglob("*") if file.is_file()]
        size, seen = (
            bytes_in_words(sum(file.stat().st_size for file in files)),
            "private" if self.private else "public",
        )
        console.say(f"To the hub, {seen}: {escape(self.name)}, {len(files)} files, {size}")
        for file in sorted(files):
            console.say(
                f"  [dim]{escape(file.relative_to(folder))}  {bytes_in_words(file.stat().st_size)}[/]"
            )
        with _told(self.name, f"\nThe export lies in {folder}; the same command goes on with the upload."):
            url = HfApi().create_repo(self.name, private=self.private, exist_ok=True)
            with console.waiting("uploading"):
                HfApi().upload_folder(
                    repo_id=self.name, folder_path=folder, commit_message="Export by pitchpipe"
                )
        return str(url)


def _strangers(name: str) -> list[str]:
    """Files under a name on the hub, where they are no export of ours."""
    from huggingface_hub import HfApi

    HfApi().whoami()  # a token that is not known is told before anything else
    files = HfApi().list_repo_files(name) if HfApi().repo_exists(name) else []
    return [] if MARK in files else [file for file in files if not file.startswith(".")]


@contextmanager
def _told(name: str, kept: str = "") -> Iterator[None]:
    """What the hub answers, with its cure."""
    import httpx
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        yield
    except HFValidationError as error:
        raise PitchpipeError(f"--push {name}: {error}") from None
    except (HfHubHTTPError, RuntimeError) as error:
        answer = error if isinstance(error, HfHubHTTPError) else error.__cause__  # of one file of several
        if not isinstance(answer, HfHubHTTPError):
            raise
        status = answer.response.status_code
        cure = CURES.get(status, f"the hub answered {status}: {answer.server_message or answer}")
        raise PitchpipeError(f"--push {name}: {cure}.{kept}") from error
    except (httpx.TransportError, OSError) as error:
        raise PitchpipeError(f"--push {name}: the hub cannot be reached: {error}.{kept}") from error
