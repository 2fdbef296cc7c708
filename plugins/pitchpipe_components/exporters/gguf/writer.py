"""A writer of GGUF that writes lists of nothing, too: a tokenizer of single bytes has no merges."""

from typing import Any

from gguf import GGUFValueType, GGUFWriter


class ListWriter(GGUFWriter):
    """The writer of gguf leaves out an empty list, or refuses it. llama.cpp wants to find it."""

    def _pack_val(
        self, val: Any, vtype: GGUFValueType, add_vtype: bool, sub_type: GGUFValueType | None = None
    ) -> bytes:
        if vtype != GGUFValueType.ARRAY or len(val) or sub_type is None:
            return super()._pack_val(val, vtype, add_vtype, sub_type)
        kind = self._pack("I", vtype) if add_vtype else b""
        return bytes(kind + self._pack("I", sub_type) + self._pack("Q", 0))
