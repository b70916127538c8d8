package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.weights.WeightFiles.Pickle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnpicklerTest {

    private static final Path FILE = Path.of("model.pt");

    @Test
    void buildsPlainContainersAndValues() {
        Object value = read(new Pickle()
                .op('}', '(')
                .text("list")
                .op(']', '(', 'K', 200, 'M', 0xff, 0xff)
                .number(-5)
                .op(0x8a, 2, 0x00, 0xff, 0x8a, 0, 'e')
                .text("flags")
                .op(0x88, 0x89, 0x86)
                .text("number")
                .op('G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)
                .op('K', 7)
                .text("caf\u00e9".replace("\u00e9", "e"))
                .op('u')
                .stop());

        assertThat(value)
                .isEqualTo(Map.of(
                        "list",
                        List.of(200L, 65535L, -5L, -256L, 0L),
                        "flags",
                        List.of(true, false),
                        "number",
                        1.5,
                        7L,
                        "cafe"));
    }

    @Test
    void remembersValuesOfBothWidthsOfIndex() {
        Object value = read(new Pickle()
                .text("a")
                .op('q', 3, 'r', 0, 1, 0, 0)
                .op('h', 3, 'j', 0, 1, 0, 0, 0x87)
                .stop());

        assertThat(value).isEqualTo(List.of("a", "a", "a"));
    }

    @Test
    void readsAParameterAsItsTensor() {
        Pickle pickle =
                new Pickle().global("torch._utils", "_rebuild_parameter").op('(');
        Object value = read(pickle.tensor("BFloat16Storage", 6, 0, new long[] {2, 3}, new long[] {3, 1})
                .op(0x88)
                .global("collections", "OrderedDict")
                .op(')', 'R', 't', 'R')
                .stop());

        assertThat(value)
                .isInstanceOfSatisfying(
                        Unpickler.Tensor.class,
                        tensor -> assertThat(tensor.shape()).containsExactly(2, 3));
    }

    @Test
    void dropsAttributesOfAnOrderedDict() {
        Object value = read(new Pickle()
                .global("collections", "OrderedDict")
                .op(')', 'R', '}')
                .text("_metadata")
                .op('}', 's', 'b')
                .stop());

        assertThat(value).isEqualTo(Map.of());
    }

    @Test
    void refusesCodeCalledByReduce() {
        assertRefused(
                new Pickle().global("posix", "system").text("id").op(0x85, 'R').stop(), "it asks for posix.system");
        assertRefused(
                new Pickle().global("builtins", "eval").text("1").op(0x85, 'R').stop(), "it asks for builtins.eval");
    }

    @Test
    void refusesCodeCalledByEveryOtherOpcode() {
        assertRefused(
                new Pickle().op('(').text("id").op('i').ascii("os\nsystem\n").stop(), "opcode INST for os.system");
        assertRefused(
                new Pickle().op('(').global("os", "system").text("id").op('o').stop(), "it asks for os.system");
        assertRefused(
                new Pickle()
                        .op('(')
                        .global("collections", "OrderedDict")
                        .op('o')
                        .stop(),
                "opcode OBJ");
        assertRefused(
                new Pickle()
                        .global("subprocess", "Popen")
                        .text("id")
                        .op(0x85, 0x81)
                        .stop(),
                "it asks for subprocess.Popen");
        assertRefused(
                new Pickle().global("collections", "OrderedDict").op(')', 0x81).stop(), "opcode NEWOBJ");
        assertRefused(
                new Pickle()
                        .global("collections", "OrderedDict")
                        .op(')', '}', 0x92)
                        .stop(),
                "opcode NEWOBJ_EX");
        assertRefused(
                new Pickle().text("builtins").text("eval").op(0x93).stop(), "opcode STACK_GLOBAL for builtins.eval");
        assertRefused(new Pickle().op(0x82, 1).stop(), "opcode 0x82");
    }

    @Test
    void refusesWhatOnlyLooksLikeAnAllowedName() {
        assertRefused(
                new Pickle().global("torch", "storage._load_from_bytes").stop(), "it asks for torch.storage._load");
        assertRefused(
                new Pickle()
                        .global("torch._utils", "_rebuild_tensor_v2.__globals__")
                        .stop(),
                "it asks for torch._utils");
        assertRefused(new Pickle().global("torch", "FloatStorage").op(')', 'R').stop(), "wrong operand");
    }

    @Test
    void refusesAnotherProtocol() {
        assertRefused(new byte[] {(byte) 0x80, 4, 'N', '.'}, "protocol 4");
    }

    @Test
    void refusesStateOfAnythingButADictionary() {
        assertRefused(new Pickle().op(']', '}', 'b').stop(), "BUILD of something other than a dictionary");
        assertRefused(new Pickle().op('}', ']', 'b').stop(), "BUILD of something other than a dictionary");
    }

    @Test
    void refusesATensorWhoseValuesAFlagWouldChange() {
        byte[] negated = new Pickle()
                .global("torch._utils", "_rebuild_tensor_v2")
                .op('(', '(')
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .number(1)
                .op('t', 'Q')
                .number(0)
                .op(')', ')', 0x89, 'N', '}')
                .text("neg")
                .op(0x88, 's', 't', 'R')
                .stop();
        assertRefused(negated, "a tensor with flags");
    }

    @Test
    void refusesNumbersThatThePickleCannotKeep() {
        assertRefused(new Pickle().op('X').int32(0xffffffffL).stop(), "text of 4294967295 bytes");
        assertRefused(new Pickle().op('X').int32(1 << 30).ascii("x").stop(), "text of 1073741824 bytes");
        assertRefused(new Pickle().op('N', 'r').int32(0x7fffffff).stop(), "memo index 2147483647");
        assertRefused(new Pickle().op('N', 'r').int32(0xffffffffL).stop(), "memo index 4294967295");
        assertRefused(new Pickle().op('j').int32(5).stop(), "memo index 5 was never set");
        assertRefused(new Pickle().op(0x8a, 255).stop(), "an integer of 255 bytes");
        assertRefused(new Pickle().op('c').ascii("x".repeat(100_000)).stop(), "a name longer than 256 characters");
    }

    @Test
    void refusesMoreValuesThanAnyCheckpointHas() {
        byte[] pickle = new byte[16 << 20];
        Arrays.fill(pickle, (byte) ']');
        assertRefused(pickle, "more than 1048576 values");
        Arrays.fill(pickle, (byte) '(');
        assertRefused(pickle, "more than 1048576 values");
    }

    @Test
    void refusesALongShapeUsedOverAndOver() {
        assertRefused(
                new Pickle()
                        .tensor("FloatStorage", 1, 0, new long[65], new long[65])
                        .stop(),
                "a tensor of 65 dimensions");
    }

    @Test
    void refusesAKeyThatMayContainItself() {
        assertRefused(new Pickle().op('}', ']', 'q', 0, 'h', 0, 'a', 'N', 's').stop(), "a dictionary key");
    }

    @Test
    void endsOnAListThatContainsItself() {
        Object value = read(new Pickle().op(']', 'q', 0, 'h', 0, 'a').stop());
        assertThat(((List<?>) value).get(0)).isSameAs(value);
    }

    @Test
    void refusesAnyCutAndAnyWrongOperand() {
        byte[] whole = new Pickle()
                .op('}')
                .text("t")
                .tensor("HalfStorage", 4, 0, new long[] {4}, new long[] {1})
                .op('s')
                .stop();
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "");
        }
        for (String opcodes :
                List.of("t", "u", "e", "s", "a", "b", "R", "Q", "q", ".", "\u0085", "\u0087", "NQ", "NR")) {
            assertRefused(new Pickle().op(opcodes.chars().toArray()).stop(), "wrong operand");
        }
    }

    private static Object read(byte[] pickle) {
        return Unpickler.read(FILE, ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN));
    }

    private static void assertRefused(byte[] pickle, String problem) {
        RefusedFiles.assertRefused(() -> read(pickle), FILE, "its pickle is refused: " + problem);
    }
}
