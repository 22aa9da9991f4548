package io.github.llavamed.onnx.internal.runtime;

/**
 * What all sessions of a backend share.
 *
 * @param guard says whether the backend is still open
 * @param runners the decoder
 * @param pool cache storage
 * @param batchMemory what batches may take
 * @param table token embeddings
 * @param chunkRows rows that go through the decoder at once at most
 * @param batchSlots sequences that are extended in one step at most; 1 for none but single ones
 */
record DecoderContext(
    OpenGuard guard,
    DecoderRunners runners,
    KvStoragePool pool,
    BatchMemory batchMemory,
    EmbeddingTable table,
    int chunkRows,
    int batchSlots) {}
