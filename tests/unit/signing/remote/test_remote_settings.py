"""What an operator says of signing services: files that only their owner reads, addresses that are safe."""

from pathlib import Path

import pytest

from services.kit.complaint import Complaint
from services.signing.remote import settings
from services.signing.remote.settings import CscSettings, MySignSettings, Neac769Settings

VNPT = """
kind = "neac769"
name = "VNPT SmartCA"
bodies = ["hdnd"]
url = "https://gwsca.vnpt.vn/sca/sp769"
sp_id = "4184.apps.signserviceapi.com"
secret_file = "vnpt.secret"
"""
MYSIGN = """
kind = "mysign"
name = "Viettel MySign"
bodies = ["hdnd", "ubnd"]
url = "https://remotesigning.viettel.vn"
client_id = "plenary"
profile_id = "adss:ras:profile:001"
secret_file = "vnpt.secret"
"""
CSC = """
kind = "csc"
name = "Ký số"
bodies = []
url = "http://127.0.0.1:8777/csc/v1"
version = "1"
implicit = true
secret_file = "vnpt.secret"
"""
PAGE = """
authorize_url = "https://csc.example.vn/oauth2/authorize"
token_url = "https://csc.example.vn/oauth2/token"
redirect_url = "https://bieuquyet.example.vn/signing/remote/vnpt/returned"
"""


def written(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = folder / settings.FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_services_of_an_installation(tmp_path: Path) -> None:
    """One file each, by its id; the secret lies beside it and shows itself to nobody by chance."""
    assert settings.load(tmp_path) == {}
    for name, text in (("vnpt.toml", VNPT), ("mysign.toml", MYSIGN), ("csc.toml", CSC)):
        written(tmp_path, name, text)
    written(tmp_path, "vnpt.secret", "NGNh-secret\n")
    found = settings.load(tmp_path)
    kinds = {name: type(said) for name, (said, _) in found.items()}
    assert kinds == {"vnpt": Neac769Settings, "mysign": MySignSettings, "csc": CscSettings}
    said, secret = found["vnpt"]
    assert secret.told() == "NGNh-secret"
    assert "NGNh" not in f"{found} {said} {secret}"
    assert said.patience_s == 300


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (VNPT.replace("https://", "http://"), "https:// is needed"),
        (VNPT.replace("https://", "https://me:secret@"), "without user"),
        (VNPT.replace("sp769", "sp769?key=secret"), "without user"),
        (VNPT.replace('url = "https://gwsca.vnpt.vn/sca/sp769"', 'url = "https://[::"'), "not an address"),
        (VNPT.replace("vnpt.secret", "../keys/token.key"), "beside it"),
        (VNPT + 'sp_password = "secret"\n', "sp_password"),
        (VNPT + "patience_s = 5\n", "patience_s"),
        (VNPT.replace("neac769", "telegram"), "telegram"),
        (VNPT.replace('bodies = ["hdnd"]', 'bodies = ["hd nd"]'), "bodies"),
        ("kind = ", "no TOML"),
        (CSC.replace("127.0.0.1", "10.0.0.1"), "https:// is needed"),
        (CSC + 'authorize_url = "https://csc.example.vn/authorize"\n', "needs token_url"),
        (CSC + PAGE.replace("vnpt/returned", "other/returned"), "redirect_url must be"),
        (CSC.replace('version = "1"', 'version = "2"') + PAGE, "pushed_url"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str, what: str) -> None:
    """With the name of the file."""
    path = written(tmp_path, "vnpt.toml", text)
    written(tmp_path, "vnpt.secret", "NGNh-secret")
    with pytest.raises(Complaint, match=what) as complaint:
        settings.load(tmp_path)
    assert str(path) in str(complaint.value)
    assert "NGNh" not in str(complaint.value)


@pytest.mark.parametrize("name", ["vnpt.toml", "vnpt.secret"])
def test_files_that_others_may_read(tmp_path: Path, name: str) -> None:
    """Neither the settings nor the secret; nor a secret that is missing."""
    paths = {
        "vnpt.toml": written(tmp_path, "vnpt.toml", VNPT),
        "vnpt.secret": written(tmp_path, "vnpt.secret", "x"),
    }
    paths[name].chmod(0o640)
    with pytest.raises(Complaint, match="0600"):
        settings.load(tmp_path)
    paths[name].chmod(0o600)
    assert set(settings.load(tmp_path)) == {"vnpt"}
    paths["vnpt.secret"].unlink()
    with pytest.raises(Complaint, match=r"vnpt\.secret"):
        settings.load(tmp_path)


def test_services_that_are_offered(tmp_path: Path) -> None:
    """Those in whose app or on whose page people confirm; never one that would have their password pass through us."""
    kinds = {
        "vnpt": VNPT,
        "integrated": VNPT + 'mode = "password"\n',
        "mysign": MYSIGN,
        "implicit": CSC,
        "page": CSC.replace("implicit = true", "") + PAGE.replace("vnpt/returned", "page/returned"),
        "explicit": CSC.replace("implicit = true", ""),
    }
    for name, text in kinds.items():
        written(tmp_path, f"{name}.toml", text)
    written(tmp_path, "vnpt.secret", "NGNh-secret")
    offered = {name for name, (said, _) in settings.load(tmp_path).items() if settings.is_offered(said)}
    assert offered == {"vnpt", "mysign", "implicit", "page"}
