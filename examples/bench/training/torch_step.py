"""A training step in plain PyTorch, to hold the trainer's against.

Usage: torch_step.py fp32|bf16 keep|recompute BATCH LENGTH STEPS THREADS

Prints the seconds of each step: forward, loss, backward, clipping, fused AdamW. bf16 is autocast over
float32 weights; recompute is torch.utils.checkpoint around each layer.
"""
import sys
import time

import torch
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

SHAPE = {"vocabulary": 32000, "hidden": 640, "wide": 1728, "layers": 12, "heads": 10, "kv_heads": 5}
HEAD = SHAPE["hidden"] // SHAPE["heads"]


def tensor_sizes():
    c, w, kv = SHAPE["hidden"], SHAPE["wide"], SHAPE["kv_heads"] * HEAD
    sizes = {"model.embed_tokens.weight": (SHAPE["vocabulary"], c)}
    for i in range(SHAPE["layers"]):
        p = f"model.layers.{i}."
        sizes[p + "self_attn.q_proj.weight"] = (c, c)
        sizes[p + "self_attn.k_proj.weight"] = (kv, c)
        sizes[p + "self_attn.v_proj.weight"] = (kv, c)
        sizes[p + "self_attn.o_proj.weight"] = (c, c)
        sizes[p + "mlp.gate_proj.weight"] = (w, c)
        sizes[p + "mlp.up_proj.weight"] = (w, c)
        sizes[p + "mlp.down_proj.weight"] = (c, w)
        sizes[p + "input_layernorm.weight"] = (c,)
        sizes[p + "post_attention_layernorm.weight"] = (c,)
    sizes["model.norm.weight"] = (c,)
    sizes["lm_head.weight"] = (SHAPE["vocabulary"], c)
    return sizes


def rms_norm(x, weight):
    return F.rms_norm(x.float(), (x.shape[-1],), None, 1e-6).to(x.dtype) * weight


def turn(x, cos, sin):  # [b, h, s, d]
    half = x.shape[-1] // 2
    rotated = torch.cat((-x[..., half:], x[..., :half]), -1)
    return x * cos.to(x.dtype) + rotated * sin.to(x.dtype)


def layer(x, p, prefix, cos, sin):  # [b, s, c]
    b, s, _ = x.shape
    w = lambda name: p[prefix + name + ".weight"]
    h = rms_norm(x, w("input_layernorm"))
    split = lambda y, n: y.view(b, s, n, HEAD).transpose(1, 2)
    q = turn(split(F.linear(h, w("self_attn.q_proj")), SHAPE["heads"]), cos, sin)
    k = turn(split(F.linear(h, w("self_attn.k_proj")), SHAPE["kv_heads"]), cos, sin)
    v = split(F.linear(h, w("self_attn.v_proj")), SHAPE["kv_heads"])
    group = SHAPE["heads"] // SHAPE["kv_heads"]
    k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
    a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = x + F.linear(a.transpose(1, 2).reshape(b, s, -1), w("self_attn.o_proj"))
    h = rms_norm(x, w("post_attention_layernorm"))
    gated = F.silu(F.linear(h, w("mlp.gate_proj"))) * F.linear(h, w("mlp.up_proj"))
    return x + F.linear(gated, w("mlp.down_proj"))


def main():
    precision, mode = sys.argv[1:3]
    batch, length, steps, threads = map(int, sys.argv[3:7])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    p = {}
    for name, size in tensor_sizes().items():
        p[name] = torch.ones(size) if "norm" in name else torch.randn(size) * 0.02
        p[name].requires_grad_(True)
    optimizer = torch.optim.AdamW(p.values(), lr=1e-4, weight_decay=0, fused=True)
    frequencies = 10000 ** (-torch.arange(0, HEAD, 2).float() / HEAD)
    angles = torch.outer(torch.arange(length).float(), frequencies)
    angles = torch.cat((angles, angles), -1)[None, None]
    cos, sin = angles.cos(), angles.sin()
    seconds = []
    for _ in range(steps):
        ids = torch.randint(3, SHAPE["vocabulary"], (batch, length))
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            x = F.embedding(ids, p["model.embed_tokens.weight"])
            for i in range(SHAPE["layers"]):
                prefix = f"model.layers.{i}."
                if mode == "recompute":
                    x = checkpoint(layer, x, p, prefix, cos, sin, use_reentrant=False)
                else:
                    x = layer(x, p, prefix, cos, sin)
            logits = F.linear(rms_norm(x, p["model.norm.weight"]), p["lm_head.weight"])
        loss = F.cross_entropy(logits[:, :-1].float().flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds.append(time.perf_counter() - begin)
    print(" ".join(f"{s:.3f}" for s in seconds))


if __name__ == "__main__":
    main()
