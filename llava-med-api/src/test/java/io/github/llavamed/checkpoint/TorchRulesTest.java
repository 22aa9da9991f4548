package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test per rule of torch archives and of the pickles in them. */
class TorchRulesTest {
  private static final long[] SIZES = {2, 3};
  private static final long[] STRIDES = {3, 1};
  private static final byte[] PICKLE = PickleBytes.tensor("FloatStorage", 6, 0, SIZES, STRIDES);

  @TempDir Path directory;

  @Test
  void readsWhatTheRulesAllow() throws IOException {
    for (byte[] archive : new byte[][] {ZipBytes.torch(PICKLE, 24), zip64()}) {
      try (Checkpoint checkpoint = Checkpoint.open(file(archive))) {
        assertThat(checkpoint.tensors()).containsOnlyKeys("w");
        assertThat(checkpoint.tensor("w").info().shape()).isEqualTo(Shape.of(2, 3));
        assertThat(checkpoint.tensor("w").toFloats()).containsOnly(0);
      }
    }
  }

  private static byte[] zip64() {
    return new ZipBytes()
        .zip64()
        .add("archive/data.pkl", PICKLE)
        .add("archive/data/0", new byte[24])
        .finish();
  }

  @Test
  void readsStoragesThatEndWithPartOfAnElement() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file(ZipBytes.torch(PICKLE, 27)))) {
      assertThat(checkpoint.tensor("w").toFloats()).hasSize(6);
    }
  }

  @Test
  void readsTorchSizeAsSizes() throws IOException {
    byte[] pickle =
        new PickleBytes()
            .op('}')
            .text("w")
            .global("torch._utils", "_rebuild_tensor_v2")
            .op('(')
            .storage("FloatStorage", "0", 6)
            .integer(0)
            .global("torch", "Size")
            .integers(6)
            .op(0x85)
            .op('R')
            .integers(1)
            .op(0x88)
            .op('}')
            .op('t')
            .op('R')
            .op('s')
            .stop();
    try (Checkpoint checkpoint = Checkpoint.open(file(ZipBytes.torch(pickle, 24)))) {
      assertThat(checkpoint.tensor("w").info().shape()).isEqualTo(Shape.of(6));
    }
  }

  @Test
  void rejectsOldContainer() {
    assertThat(rejects(CheckpointRule.TORCH_LEGACY, PICKLE)).hasMessageContaining("save it again");
  }

  @Test
  void rejectsFileWithoutZipEnd() {
    byte[] archive = ZipBytes.torch(PICKLE, 24);
    rejects(CheckpointRule.ZIP_END, Arrays.copyOf(archive, archive.length - 1));
    rejects(CheckpointRule.ZIP_END, new byte[0]);
    rejects(CheckpointRule.ZIP_END, new byte[100]);
  }

  @Test
  void rejectsDamagedZipDirectory() {
    byte[] archive = ZipBytes.torch(PICKLE, 24);
    rejects(CheckpointRule.ZIP_DIRECTORY, changed(archive, archive.length - 6, 0x7f));
    rejects(CheckpointRule.ZIP_DIRECTORY, changed(archive, archive.length - 22 + 8, 1));
    byte[] large = zip64();
    rejects(CheckpointRule.ZIP_DIRECTORY, changed(large, large.length - 22 - 20, 0));
    rejects(CheckpointRule.ZIP_DIRECTORY, changed(large, large.length - 22 - 20 - 56, 0));
    rejects(CheckpointRule.ZIP_DIRECTORY, changed(large, large.length - 22 - 20 + 15, 0x80));
  }

  @Test
  void rejectsTooManyZipEntries() {
    rejects(
        CheckpointRule.ZIP_ENTRY_COUNT,
        ZipBytes.torch(PICKLE, 24),
        CheckpointLimits.defaults().toBuilder().zipEntries(1).build());
  }

  @Test
  void rejectsCompressedAndEncryptedEntries() {
    rejects(CheckpointRule.ZIP_STORED, withEntry(header -> header.withMethod(8)));
    rejects(CheckpointRule.ZIP_STORED, withEntry(header -> header.withFlags(1)));
  }

  @Test
  void rejectsEntriesThatDisagreeWithTheFile() {
    rejects(CheckpointRule.ZIP_ENTRY, withEntry(header -> header.withLocalName("other/data.pkl")));
    rejects(CheckpointRule.ZIP_ENTRY, withEntry(header -> header.withSize(1_000_000)));
    rejects(CheckpointRule.ZIP_ENTRY, withEntry(header -> header.withStart(1)));
    rejects(CheckpointRule.ZIP_ENTRY, withEntry(header -> header.withStart(1_000_000)));
  }

  @Test
  void rejectsEntriesOfTheSameNameAndOverlappingOnes() {
    byte[] twice = new ZipBytes().add("a/data.pkl", PICKLE).add("a/data.pkl", PICKLE).finish();
    rejects(CheckpointRule.ZIP_ENTRY_DISTINCT, twice);
    byte[] overlapping =
        new ZipBytes()
            .add("a/data.pkl", PICKLE, header -> header.withSize(PICKLE.length + 10))
            .add("a/data/0", new byte[24])
            .finish();
    rejects(CheckpointRule.ZIP_ENTRY_DISTINCT, overlapping);
  }

  private static byte[] withEntry(UnaryOperator<ZipBytes.Header> change) {
    return new ZipBytes().add("archive/data.pkl", PICKLE, change).finish();
  }

  @Test
  void rejectsArchiveWithoutExactlyOnePickle() {
    rejects(CheckpointRule.TORCH_RECORD, new ZipBytes().add("a/data/0", new byte[4]).finish());
    rejects(CheckpointRule.TORCH_RECORD, new ZipBytes().add("data.pkl", PICKLE).finish());
    rejects(CheckpointRule.TORCH_RECORD, new ZipBytes().add("a/b/data.pkl", PICKLE).finish());
    byte[] two = new ZipBytes().add("a/data.pkl", PICKLE).add("b/data.pkl", PICKLE).finish();
    rejects(CheckpointRule.TORCH_RECORD, two);
  }

  @Test
  void rejectsBigEndianData() {
    byte[] archive =
        new ZipBytes()
            .add("a/data.pkl", PICKLE)
            .add("a/byteorder", "big".getBytes(StandardCharsets.UTF_8))
            .add("a/data/0", new byte[24])
            .finish();
    rejects(CheckpointRule.TORCH_BYTE_ORDER, archive);
  }

  @Test
  void rejectsPickleAboveLimit() {
    rejects(
        CheckpointRule.PICKLE_LIMIT,
        ZipBytes.torch(PICKLE, 24),
        CheckpointLimits.defaults().toBuilder().pickleBytes(10).build());
  }

  @Test
  void rejectsPickleThatEndsTooEarly() {
    for (int length = 0; length < PICKLE.length; length++) {
      rejectsPickle(CheckpointRule.PICKLE_TRUNCATED, Arrays.copyOf(PICKLE, length));
    }
    rejectsPickle(
        CheckpointRule.PICKLE_TRUNCATED,
        new PickleBytes().op('X').op(255).op(255).op(255).op(255).bytes());
  }

  @Test
  void rejectsOtherProtocols() {
    rejectsPickle(CheckpointRule.PICKLE_PROTOCOL, changed(PICKLE, 1, 5));
    rejectsPickle(CheckpointRule.PICKLE_PROTOCOL, changed(PICKLE, 1, 1));
  }

  @Test
  void rejectsEveryInstructionThatIsNotPlainData() {
    String known = "(.JKMNQRXabcehj]qrst)u}GBC";
    int rejected = 0;
    for (int opcode = 0; opcode < 256; opcode++) {
      boolean plain =
          known.indexOf(opcode) >= 0
              || (opcode >= 0x85 && opcode <= 0x8a)
              || opcode == 0x80
              || opcode == 0x8c
              || (opcode >= 0x93 && opcode <= 0x95);
      if (!plain) {
        rejectsPickle(CheckpointRule.PICKLE_OPCODE, new PickleBytes().op('}').op(opcode).stop());
        rejected++;
      }
    }
    assertThat(rejected).isGreaterThan(200);
  }

  @Test
  void rejectsStackThatLacksWhatAnInstructionNeeds() {
    String[] bad = {
      ".", "s", "u", "}u", "(u", "t", "a", "]a", "}(Nu", "R", "NR", "b", "Q", "e", "q\0", "N(\u0085"
    };
    for (String opcodes : bad) {
      rejectsPickle(CheckpointRule.PICKLE_STACK, new PickleBytes().raw(opcodes).stop());
    }
    rejectsPickle(CheckpointRule.PICKLE_STACK, new PickleBytes().op('N').op('N').op(0x93).stop());
  }

  @Test
  void rejectsStringsThatAreNotUtf8() {
    byte[] pickle = new PickleBytes().text("w").stop();
    rejectsPickle(CheckpointRule.PICKLE_TEXT, changed(pickle, pickle.length - 2, 0xff));
  }

  @Test
  void rejectsMemoSlotsThatWereNotSet() {
    rejectsPickle(CheckpointRule.PICKLE_MEMO, new PickleBytes().op('h').op(7).stop());
    rejectsPickle(CheckpointRule.PICKLE_MEMO, new PickleBytes().raw("j\0\0\0\u0080").stop());
  }

  @Test
  void rejectsNamesOutsideTheAllowListBeforeTheyAreCalled() {
    String[][] names = {
      {"os", "system"},
      {"builtins", "eval"},
      {"torch.hub", "load"},
      {"torch._utils", "_rebuild_anything"},
      {"torch", "_utils._rebuild_tensor_v2"},
      {"torch", "QInt8Storage"},
      {"collections", "OrderedDict.fromkeys"},
      {"", ""},
    };
    for (String[] name : names) {
      // Nothing follows the name: the reader must stop at it.
      rejectsPickle(
          CheckpointRule.PICKLE_GLOBAL, new PickleBytes().global(name[0], name[1]).bytes());
      byte[] stacked = new PickleBytes().text(name[0]).text(name[1]).op(0x93).bytes();
      rejectsPickle(CheckpointRule.PICKLE_GLOBAL, stacked);
    }
  }

  @Test
  void rejectsCallsThatTorchNeverWrites() {
    PickleBytes notCallable = new PickleBytes().op('N').op(')').op('R');
    rejectsPickle(CheckpointRule.PICKLE_CALL, notCallable.stop());
    rejectsPickle(
        CheckpointRule.PICKLE_CALL,
        new PickleBytes().global("torch", "FloatStorage").op(')').op('R').stop());
    for (String name : new String[] {"_rebuild_tensor_v2", "_rebuild_parameter"}) {
      rejectsPickle(
          CheckpointRule.PICKLE_CALL,
          new PickleBytes().global("torch._utils", name).op(')').op('R').stop());
    }
    rejectsPickle(
        CheckpointRule.PICKLE_CALL,
        new PickleBytes().global("torch", "Size").op(')').op('R').stop());
    byte[] ordered =
        new PickleBytes().global("collections", "OrderedDict").op('N').op(0x85).op('R').stop();
    rejectsPickle(CheckpointRule.PICKLE_CALL, ordered);
  }

  @Test
  void rejectsStateOnAnythingButAnOrderedDictionary() {
    rejectsPickle(CheckpointRule.PICKLE_BUILD, new PickleBytes().op('}').op('}').op('b').stop());
    PickleBytes ordered = new PickleBytes().global("collections", "OrderedDict").op(')').op('R');
    rejectsPickle(CheckpointRule.PICKLE_BUILD, ordered.op('N').op('b').stop());
  }

  @Test
  void rejectsDeepNestingAndCycles() {
    PickleBytes tuples = new PickleBytes().op(')');
    for (int i = 0; i < 100_000; i++) {
      tuples.op(0x85);
    }
    rejectsPickle(CheckpointRule.PICKLE_DEPTH, tuples.stop());
    byte[] cycle = new PickleBytes().raw("}q\0").text("a").raw("h\0s").stop();
    rejectsPickle(CheckpointRule.PICKLE_DEPTH, cycle);
    byte[] listCycle = new PickleBytes().raw("}").text("a").raw("]q\0h\0as").stop();
    rejectsPickle(CheckpointRule.PICKLE_DEPTH, listCycle);
  }

  @Test
  void rejectsTooManyValues() {
    rejects(
        CheckpointRule.PICKLE_OBJECTS,
        ZipBytes.torch(PICKLE, 24),
        CheckpointLimits.defaults().toBuilder().pickleObjects(10).build());
  }

  @Test
  void rejectsDictionariesThatMultiplyBySharing() {
    // Each level holds the one below twice: 2^40 ways to the innermost.
    PickleBytes pickle = new PickleBytes().raw("}q\0");
    for (int level = 0; level < 40; level++) {
      pickle.raw("}(").text("a").raw("h\0").text("b").raw("h\0uq\0");
    }
    rejectsPickle(CheckpointRule.PICKLE_OBJECTS, pickle.stop());
  }

  @Test
  void rejectsPicklesThatAreNotDictionariesOfTensors() {
    rejectsPickle(CheckpointRule.PICKLE_STRUCTURE, new PickleBytes().op(']').stop());
    rejectsPickle(CheckpointRule.PICKLE_STRUCTURE, new PickleBytes().op('N').stop());
    PickleBytes list = new PickleBytes().op('}').text("list").op(']');
    byte[] inList = list.rebuild("FloatStorage", "0", 6, 0, SIZES, STRIDES).op('a').op('s').stop();
    rejectsPickle(CheckpointRule.PICKLE_STRUCTURE, inList);
    PickleBytes noName = new PickleBytes().op('}').op('N');
    byte[] nameless = noName.rebuild("FloatStorage", "0", 6, 0, SIZES, STRIDES).op('s').stop();
    rejectsPickle(CheckpointRule.PICKLE_STRUCTURE, nameless);
    PickleBytes longName = new PickleBytes().op('}').text("x".repeat(1025));
    byte[] tooLong = longName.rebuild("FloatStorage", "0", 6, 0, SIZES, STRIDES).op('s').stop();
    rejectsPickle(CheckpointRule.PICKLE_STRUCTURE, tooLong);
  }

  @Test
  void rejectsTensorNamedTwice() {
    PickleBytes pickle = new PickleBytes().op('}');
    for (int i = 0; i < 2; i++) {
      pickle.text("w").rebuild("FloatStorage", "0", 6, 0, SIZES, STRIDES).op('s');
    }
    rejectsPickle(CheckpointRule.TENSOR_NAME_UNIQUE, pickle.stop());
  }

  @Test
  void rejectsTooManyTensors() {
    rejects(
        CheckpointRule.TENSOR_COUNT,
        ZipBytes.torch(PICKLE, 24),
        CheckpointLimits.defaults().toBuilder().tensors(0).build());
  }

  @Test
  void rejectsOddStorageReferences() {
    rejectsPickle(
        CheckpointRule.STORAGE_REFERENCE, new PickleBytes().text("storage").op('Q').stop());
    rejectsPickle(CheckpointRule.STORAGE_REFERENCE, new PickleBytes().op(')').op('Q').stop());
    rejectsPickle(
        CheckpointRule.STORAGE_REFERENCE,
        new PickleBytes().storage("FloatStorage", "0", -1).stop());
  }

  @Test
  void rejectsStorageWithoutEntry() {
    PickleBytes pickle = new PickleBytes().op('}').text("w");
    byte[] missing = pickle.rebuild("FloatStorage", "../0", 6, 0, SIZES, STRIDES).op('s').stop();
    rejectsPickle(CheckpointRule.STORAGE_MISSING, missing);
  }

  @Test
  void rejectsStorageOfAnotherSize() {
    for (long numel : new long[] {5, 7, Long.MAX_VALUE, 0}) {
      rejectsPickle(
          CheckpointRule.STORAGE_SIZE,
          PickleBytes.tensor("FloatStorage", numel, 0, SIZES, STRIDES));
    }
    rejectsPickle(
        CheckpointRule.STORAGE_SIZE, PickleBytes.tensor("HalfStorage", 6, 0, SIZES, STRIDES));
  }

  @Test
  void rejectsNegativeSizes() {
    rejectsTensor(CheckpointRule.SHAPE_DIMENSION, 0, new long[] {-2, 3}, STRIDES);
  }

  @Test
  void rejectsTooManyDimensions() {
    rejectsTensor(CheckpointRule.SHAPE_RANK, 0, new long[65], new long[65]);
  }

  @Test
  void rejectsNegativeOffsetsAndStridesAndOtherRanks() {
    rejectsTensor(CheckpointRule.TENSOR_STRIDE, -1, SIZES, STRIDES);
    rejectsTensor(CheckpointRule.TENSOR_STRIDE, 0, SIZES, new long[] {-3, 1});
    rejectsTensor(CheckpointRule.TENSOR_STRIDE, 0, SIZES, new long[] {1});
    rejectsTensor(CheckpointRule.TENSOR_STRIDE, 0, new long[] {0}, new long[] {-1});
  }

  @Test
  void rejectsSizesAndStridesThatOverflow() {
    rejectsTensor(CheckpointRule.SHAPE_OVERFLOW, 0, new long[] {1L << 40, 1L << 40}, STRIDES);
    rejectsTensor(CheckpointRule.SHAPE_OVERFLOW, 0, SIZES, new long[] {Long.MAX_VALUE, 1});
    rejectsTensor(
        CheckpointRule.SHAPE_OVERFLOW, 2, new long[] {3}, new long[] {Long.MAX_VALUE / 2});
  }

  @Test
  void rejectsTensorsBeyondTheirStorage() {
    rejectsTensor(CheckpointRule.TENSOR_WITHIN_STORAGE, 1, SIZES, STRIDES);
    rejectsTensor(CheckpointRule.TENSOR_WITHIN_STORAGE, 0, SIZES, new long[] {4, 1});
    rejectsTensor(CheckpointRule.TENSOR_WITHIN_STORAGE, Long.MAX_VALUE, new long[0], new long[0]);
  }

  @Test
  void rejectsHugeExpansions() {
    rejectsTensor(CheckpointRule.TENSOR_EXPANSION, 0, new long[] {1L << 40}, new long[] {0});
  }

  private void rejectsTensor(CheckpointRule rule, long offset, long[] sizes, long[] strides) {
    rejectsPickle(rule, PickleBytes.tensor("FloatStorage", 6, offset, sizes, strides));
  }

  private void rejectsPickle(CheckpointRule rule, byte[] pickle) {
    rejects(rule, ZipBytes.torch(pickle, 24));
  }

  private MalformedCheckpointException rejects(CheckpointRule rule, byte[] archive) {
    return rejects(rule, archive, CheckpointLimits.defaults());
  }

  private MalformedCheckpointException rejects(
      CheckpointRule rule, byte[] archive, CheckpointLimits limits) {
    Path file = file(archive);
    MalformedCheckpointException refused =
        catchThrowableOfType(
            MalformedCheckpointException.class, () -> Checkpoint.open(file, limits));
    assertThat(refused).as(rule.name()).isNotNull();
    assertThat(refused.rule()).as(refused.getMessage()).isEqualTo(rule);
    assertThat(refused.file()).isEqualTo(file);
    return refused;
  }

  private static byte[] changed(byte[] bytes, int index, int value) {
    byte[] copy = bytes.clone();
    copy[index] = (byte) value;
    return copy;
  }

  private Path file(byte[] bytes) {
    return SafetensorsBytes.write(directory.resolve("file.bin"), bytes);
  }
}
