package io.github.llavamed.checkpoint;

/**
 * The rules that a checkpoint file must keep, one constant each.
 *
 * <p>Sources: the safetensors format description, the zip file format (APPNOTE 6.3), the pickle
 * protocols 2 to 4 and the layout that {@code torch.save} writes. Constants may be added.
 */
public enum CheckpointRule {
  /** The file name ends in a known way. */
  FILE_TYPE("the extension must be .safetensors, .bin, .pt, .pth, .ckpt or .index.json"),
  /** The file is the weights, not a pointer to them. */
  LFS_POINTER("this is a git-lfs pointer, not the weights: run 'git lfs pull' in its repository"),
  /** The file is the weights, not a web page. */
  HTML_PAGE("this is a web page, not the weights: download the file again"),

  /** At most {@link CheckpointLimits#tensors()} tensors. */
  TENSOR_COUNT("too many tensors"),
  /** Names are unique. */
  TENSOR_NAME_UNIQUE("a tensor name appears twice"),
  /** Shapes have at most {@link CheckpointLimits#rank()} dimensions. */
  SHAPE_RANK("too many dimensions"),
  /** Dimensions are integers ≥ 0. */
  SHAPE_DIMENSION("dimensions must be integers that are not negative"),
  /** The size in bytes fits in 63 bits. */
  SHAPE_OVERFLOW("the shape is too large"),

  /** A safetensors file begins with the header's length, 8 bytes. */
  HEADER_LENGTH_FIELD("the file is shorter than the length field of its header"),
  /** The header is at most {@link CheckpointLimits#headerBytes()} long. */
  HEADER_LIMIT("the header is larger than allowed"),
  /** The header ends within the file. */
  HEADER_WITHIN_FILE("the header ends beyond the file; the file is cut off or not safetensors"),
  /** The header begins with an opening brace. */
  HEADER_START("the header must begin with '{'"),
  /** The header is UTF-8, without unpaired surrogates in its escapes. */
  HEADER_UTF8("the header must be UTF-8"),
  /** The header is one JSON object, nested at most {@link CheckpointLimits#nestingDepth()} deep. */
  HEADER_JSON("the header must be one JSON object"),
  /** {@code __metadata__} maps strings to strings, each key once. */
  METADATA("__metadata__ must map strings to strings, each key once"),
  /** A tensor has {@code dtype}, {@code shape} and {@code data_offsets}, each once. */
  TENSOR_FIELDS("a tensor needs dtype, shape and data_offsets, each once and of its type"),
  /** The element type is known. */
  DTYPE("the element type is not known"),
  /** {@code data_offsets} are two integers, 0 ≤ begin ≤ end. */
  OFFSETS("data_offsets must be two integers, 0 <= begin <= end"),
  /** A tensor begins where the one before ends. */
  OFFSETS_CONTIGUOUS("tensors must follow each other without holes or overlaps"),
  /** The offsets give the bytes that type and shape need. */
  TENSOR_SIZE("type and shape need another number of bytes than the offsets give"),
  /** The tensors cover the data exactly to the end of the file. */
  DATA_COVERAGE("the tensors must end where the file ends; the file is cut off or has a tail"),

  /** An index is a JSON object with a weight_map from names to file names. */
  INDEX_JSON("the index must be a JSON object whose weight_map maps tensor names to file names"),
  /** An index names at most {@link CheckpointLimits#shards()} files. */
  INDEX_SHARD_COUNT("too many shards"),
  /** A shard lies in the directory of its index and is of the index's kind. */
  INDEX_SHARD_NAME("a shard must be a plain file name of the index's kind, without directories"),
  /** Each shard exists. */
  INDEX_SHARD_MISSING("a shard that the index names does not exist: download it again"),
  /** Each tensor of the index is in the shard that the index says. */
  INDEX_TENSOR_MISSING("the index puts a tensor in a shard that does not hold it"),
  /** Each tensor of a shard is in the index under that shard. */
  INDEX_TENSOR_UNLISTED("a shard holds a tensor that the index does not put there"),

  /** A torch file is a zip archive, not the container of before torch 1.6. */
  TORCH_LEGACY("this is the torch container of before version 1.6: save it again with newer torch"),
  /** The archive ends with a directory record on one disk. */
  ZIP_END("no end of the zip directory; the file is cut off or not a zip archive"),
  /** The directory is where the end record says and holds what it says. */
  ZIP_DIRECTORY("the zip directory is damaged"),
  /** At most {@link CheckpointLimits#zipEntries()} entries. */
  ZIP_ENTRY_COUNT("too many zip entries"),
  /** Entries are stored as they are: not compressed, not encrypted. */
  ZIP_STORED("entries must be stored, not compressed or encrypted: save it again with torch"),
  /** An entry lies within the file, and its local header agrees with the directory. */
  ZIP_ENTRY("a zip entry is damaged"),
  /** Entries have different names and share no bytes. */
  ZIP_ENTRY_DISTINCT("zip entries must have different names and share no bytes"),

  /** The archive holds exactly one FOLDER/data.pkl. */
  TORCH_RECORD("the archive must hold exactly one FOLDER/data.pkl, as torch.save writes it"),
  /** The data are little-endian. */
  TORCH_BYTE_ORDER("only little-endian data are read: save it again on such a machine"),
  /** data.pkl is at most {@link CheckpointLimits#pickleBytes()} long. */
  PICKLE_LIMIT("the pickle is larger than allowed"),
  /** Each instruction ends within the pickle, and the last one is STOP. */
  PICKLE_TRUNCATED("the pickle ends too early"),
  /** Protocols 2, 3 and 4. */
  PICKLE_PROTOCOL("the pickle protocol is not supported"),
  /** Only instructions that build plain values are read. */
  PICKLE_OPCODE("the pickle uses an instruction that is never executed here"),
  /** Instructions find on the stack what they need. */
  PICKLE_STACK("the pickle's stack does not hold what an instruction needs"),
  /** Strings are UTF-8. */
  PICKLE_TEXT("a string of the pickle must be UTF-8"),
  /** Memo slots are set before they are read. */
  PICKLE_MEMO("the pickle reads a memo slot that was never set"),
  /** Only names on the allow-list are known; nothing else is looked up. */
  PICKLE_GLOBAL("the pickle names something that is not on the allow-list; nothing was executed"),
  /** Allowed names are called with the arguments that torch.save writes. */
  PICKLE_CALL("the pickle calls an allowed name in a way that torch.save never does"),
  /** State is set on ordered dictionaries only. */
  PICKLE_BUILD("the pickle sets state on something other than an ordered dictionary"),
  /** Values are nested at most {@link CheckpointLimits#nestingDepth()} deep, without cycles. */
  PICKLE_DEPTH("the pickle's values are nested too deeply"),
  /** At most {@link CheckpointLimits#pickleObjects()} values. */
  PICKLE_OBJECTS("the pickle builds or names too many values"),
  /** The pickle is a dictionary of tensors, or of such dictionaries. */
  PICKLE_STRUCTURE("the pickle must be a dictionary of tensors by name"),
  /** A storage reference is ('storage', type, key, device, element count). */
  STORAGE_REFERENCE("a storage must be ('storage', type, key, device, count)"),
  /** Each storage has its entry. */
  STORAGE_MISSING("the archive lacks the data of a storage"),
  /** The entry of a storage has the bytes that type and count need. */
  STORAGE_SIZE("a storage has another size than the pickle says"),
  /** Offset, sizes and strides are not negative, sizes and strides equally many. */
  TENSOR_STRIDE("offset and strides must not be negative, one stride for each dimension"),
  /** All elements lie in the storage. */
  TENSOR_WITHIN_STORAGE("the tensor reaches beyond its storage"),
  /** A tensor larger than its storage is at most {@link CheckpointLimits#expandedBytes()} large. */
  TENSOR_EXPANSION("the tensor repeats a small storage to more than the allowed size");

  private final String text;

  CheckpointRule(String text) {
    this.text = text;
  }

  /** Returns one clause that says what is wrong when the rule is broken, and what to do. */
  public String text() {
    return text;
  }
}
