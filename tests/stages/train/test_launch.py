"""The section `launch`, and what it becomes: numbers of processes, Accelerate's variables, places on machines."""

import pytest

from pitchpipe import PitchpipeError
from pitchpipe_stages.train import places, sharing, slurm
from pitchpipe_stages.train.launch import Launch

NUMBERS = (
    "WORLD_SIZE",
    "RANK",
    "LOCAL_RANK",
    "MASTER_ADDR",
    "MASTER_PORT",
    "PITCHPIPE_STARTS",
    "SLURM_PROCID",
)
RECIPE = """\
model: {tiny: {quantize: nf4}}
template: chatml
loaders:
  - files: {path: rows.jsonl}
trainer: sft
launch: LAUNCH
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    for name in (*NUMBERS, *sharing.BY_LAUNCHER):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("launch", "words"),
    [
        ("{processes: 0}", "launch.processes: expected "),
        ("{procesess: 2}", "did you mean 'processes'?"),
        ("{nproc_per_node: 2}", "Here it is called 'processes'"),
        ("{shard: full}", "launch.shard: expected one of none, optimizer, parameters, got 'full'"),
        ("{shard: parameters, deepspeed: zero3}", "both share out the model"),
        ("{deepspeed: zero4}", "expected zero2, zero3 or a .json file, got 'zero4'"),
        ("{offload: true}", "offload moves what is shared out: it needs shard or deepspeed"),
        ("{machines: 2, address: 'node1:many'}", "address: expected HOST or HOST:PORT, got 'node1:many'"),
        ("{shard: parameters}", "those of quantize: nf4 stay whole on each GPU"),
    ],
)
def test_mistakes_are_told_before_anything_is_done(project, rows, launch, words):
    here = project({"recipe.yaml": RECIPE.replace("LAUNCH", launch), "rows.jsonl": rows})
    assert words.lower() in here.run("check", "recipe.yaml").assert_failed().err.lower()


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("node1", "node1", 29500), ("node1:1234", "node1", 1234), ("[fe80::1]:80", "[fe80::1]", 80), ("fe80::1", "fe80::1", 29500)],
)  # fmt: skip
def test_an_address_may_have_a_port(address, host, port):
    launch = Launch(address=address)
    assert (launch.host, launch.port) == (host, port)


def test_what_is_shared_out_is_what_accelerate_makes_of_it(alone, tmp_path):
    from accelerate.utils import FullyShardedDataParallelPlugin

    assert sharing.asked(Launch(), tmp_path) == {}
    for shard, gathered in (("parameters", True), ("optimizer", False)):
        with places.variables(sharing.asked(Launch(shard=shard, offload=not gathered), tmp_path)):
            plugin = FullyShardedDataParallelPlugin()
        assert (plugin.fsdp_version, plugin.reshard_after_forward) == (2, gathered)
        assert "SHARDED" in str(plugin.state_dict_type)
        assert (type(plugin.cpu_offload).__name__ == "CPUOffloadPolicy") is not gathered
    alone.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(PitchpipeError, match=r"both share out the model: .* ACCELERATE_USE_FSDP"):
        sharing.asked(Launch(deepspeed="zero2"), tmp_path)


def test_deepspeed_reads_its_own_file(tmp_path):
    (tmp_path / "zero.json").write_text("{}")
    found = sharing.asked(Launch(deepspeed="zero.json"), tmp_path)
    assert found["ACCELERATE_DEEPSPEED_CONFIG_FILE"] == str(tmp_path / "zero.json")
    with pytest.raises(PitchpipeError, match=r"there is no file .*zeros.json. Did you mean 'zero.json'"):
        sharing.asked(Launch(deepspeed="zeros.json"), tmp_path)


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("localhost", ["localhost"]),
        ("node[01-03,7],login", ["node01", "node02", "node03", "node7", "login"]),
        ("gpu-[1-2]-ib,b[3]", ["gpu-1-ib", "gpu-2-ib", "b3"]),
        ("n[098-101]", ["n098", "n099", "n100", "n101"]),
    ],
)
def test_slurms_lists_of_machines_are_read(written, hosts):
    assert list(slurm.hosts(written)) == hosts


def test_slurm_numbers_its_processes():
    said = {
        "SLURM_PROCID": "5", "SLURM_NTASKS": "8", "SLURM_LOCALID": "1", "SLURM_NODEID": "1", "SLURM_JOB_ID": "77",
        "SLURM_NODELIST": "node[1-2]", "SLURM_TASKS_PER_NODE": "4(x2)",
    }  # fmt: skip
    found = slurm.numbers(said)
    assert found | {"MASTER_PORT": ""} == {
        "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4", "MASTER_ADDR": "node1", "MASTER_PORT": "",
    }  # fmt: skip
    assert 20000 <= int(found["MASTER_PORT"]) < 40000
    assert slurm.numbers(said | {"SLURM_NTASKS": "1"}) == slurm.numbers(said | {"WORLD_SIZE": "8"}) == {}
    assert slurm.numbers({"SLURM_NTASKS": "8"}) == {}  # as in a shell of salloc
    with pytest.raises(PitchpipeError, match="SLURM_NODELIST, SLURM_JOB_NODELIST says on which machines"):
        slurm.numbers({"SLURM_PROCID": "0", "SLURM_NTASKS": "2"})


@pytest.mark.parametrize(
    ("launch", "machine", "words"),
    [
        (Launch(machines=2), 0, "launch.machines: 2: --address says where all meet"),
        (
            Launch(machines=2, address="node1"),
            None,
            "with --machine-rank 0 on node1, which prepares the data",
        ),
        (Launch(machines=2, address="node1"), 2, "their --machine-rank is 0 to 1, and not 2"),
    ],
)
def test_a_machine_must_know_its_place(launch, machine, words):
    with pytest.raises(PitchpipeError, match=words), places.one_of_machines(launch, machine):
        pass


def test_what_a_launcher_has_started_is_told(alone):
    class Console(list):
        say = list.append

    console = Console()
    places.tell(Launch(processes=8), console)
    assert (
        console == []
        and places.words(Launch(processes=8, shard="parameters")) == "8 processes, FSDP2 (shard: parameters)"
    )
    alone.setenv("WORLD_SIZE", "2")
    places.tell(Launch(processes=8), console)
    assert "processes: 8, is left aside" in console[0] and "2 processes train" in console[0]


def test_after_training_a_process_loads_models_by_itself():
    """DeepSpeed's third stage has every process of a launch load them together, and the first would wait."""
    from transformers.integrations import deepspeed

    class Asked:
        def is_zero3(self):
            return True

    asked = Asked()  # transformers keeps no more than a weak reference
    deepspeed.set_hf_deepspeed_config(asked)
    assert deepspeed.is_deepspeed_zero3_enabled()
    sharing.each_alone()
    assert not deepspeed.is_deepspeed_zero3_enabled()
