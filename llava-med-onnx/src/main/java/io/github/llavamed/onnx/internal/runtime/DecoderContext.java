package io.github.llavamed.onnx.internal.runtime;

/**
 * What all sessions of a backend share.
 *
 * @param guard says whether the backend is still open
 * @param runner the decoder
 * @param pool cache storage
 * @param table token embeddings
 * @param chunkRows rows that go through the decoder at once at most
 */
record DecoderContext(
    OpenGuard guard,
    DecoderRunner runner,
    KvStoragePool pool,
    EmbeddingTable table,
    int chunkRows) {}
