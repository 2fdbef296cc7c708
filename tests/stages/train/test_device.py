"""The device of training is known before anything heavy is imported."""

import subprocess
import sys

import pytest

from pitchpipe_stages.train import device


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of files: which torch, which driver, which card."""

    def make(build, driver=False, card=False):
        (tmp_path / "version.py").write_text(f"__version__ = '2.13.0'\ncuda: str | None = {build!r}\n")
        spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
        monkeypatch.setattr(device, "find_spec", lambda name: spec)
        monkeypatch.setattr(device, "DRIVER", tmp_path / "driver")
        monkeypatch.setattr(device, "PCI", tmp_path / "pci")
        monkeypatch.setattr(device, "which", lambda name: None)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if driver:
            (tmp_path / "driver" / "0").mkdir(parents=True, exist_ok=True)
        if card:
            (tmp_path / "pci" / "0").mkdir(parents=True, exist_ok=True)
            (tmp_path / "pci" / "0" / "vendor").write_text("0x10de\n")
            (tmp_path / "pci" / "0" / "class").write_text("0x030200\n")
        return monkeypatch

    return make


def test_a_gpu_that_is_not_used_is_told_with_its_cure(machine):
    machine(None)
    assert str(device.training_device()) == "the processor"
    machine(None, card=True)
    assert "its driver is not at work" in str(device.training_device())
    machine(None, driver=True)
    assert "this torch is built without CUDA" in str(device.training_device())
    variables = machine("12.8", driver=True)
    assert str(device.training_device()) == "the GPU"
    variables.setenv("CUDA_VISIBLE_DEVICES", "")
    assert "CUDA_VISIBLE_DEVICES hides every GPU" in str(device.training_device())


def test_it_is_known_without_torch():
    code = (
        "import sys; from pitchpipe_stages.train.device import training_device; training_device()\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
