"""Writes a random LLaMA-shaped checkpoint of 95.5 M parameters, and text to train it on.

Usage: make_start.py DIRECTORY TOKENIZER_DIRECTORY

The vocabulary has 32000 rows, of which a small tokenizer uses a few hundred: that changes no cost.
"""
import json
import pathlib
import random
import shutil
import struct
import sys

import torch

import torch_step

directory = pathlib.Path(sys.argv[1])
tokenizer = pathlib.Path(sys.argv[2])
start = directory / "start"
start.mkdir(parents=True, exist_ok=True)
for file in tokenizer.iterdir():
    if "token" in file.name:
        shutil.copy(file, start / file.name)

shape = torch_step.SHAPE
config = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": shape["hidden"],
    "intermediate_size": shape["wide"],
    "num_hidden_layers": shape["layers"],
    "num_attention_heads": shape["heads"],
    "num_key_value_heads": shape["kv_heads"],
    "rms_norm_eps": 1e-6,
    "hidden_act": "silu",
    "vocab_size": shape["vocabulary"],
    "max_position_embeddings": 2048,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "tie_word_embeddings": False,
}
(start / "config.json").write_text(json.dumps(config))

torch.manual_seed(0)
tensors = {name: torch.empty(size) for name, size in torch_step.tensor_sizes().items()}
for name, tensor in tensors.items():
    if "norm" in name:
        tensor.fill_(1)
    else:
        tensor.normal_(0, 0.02)
header, offset = {}, 0
for name, tensor in tensors.items():
    end = offset + tensor.numel() * 4
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
    offset = end
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(start / "model.safetensors", "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text)
    for tensor in tensors.values():
        out.write(tensor.numpy().tobytes())

words = "the lung shows a small nodule in left upper lobe no pleural effusion heart size is normal".split()
random.seed(0)
samples = []
for i in range(64):
    answer = " ".join(random.choice(words) for _ in range(2000))
    turns = [{"from": "human", "value": "a"}, {"from": "gpt", "value": answer}]
    samples.append({"id": i, "conversations": turns})
(directory / "samples.json").write_text(json.dumps(samples))
print(sum(tensor.numel() for tensor in tensors.values()), "parameters in", start)
