package dev.pargo.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    private static final String TWO = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}";

    @TempDir
    Path directory;

    /** Counts and digests were made by Python's own json, zipfile and pickle. */
    @ParameterizedTest
    @CsvSource({
        "clip_llava/model.safetensors, 71, 4529ac1a0fb3d371",
        "clip_llava/projector.safetensors, 4, eb7786a98c1eac5d",
        "e2e/llm, 24, 27f535581e195343",
        "e2e/pytorch_model.bin, 149, 4fdc8b05f6847655",
        "eva/EVA02_tiny.pt, 82, c5e344119c6d0c86",
        "internlm2, 24, 165deef08ad70c47",
        "internlm2/fusion_lora.pt, 6, a9dd4a2c79666b28",
        "linear/fusion.pt, 4, edcee4d3a5bcb165",
        "linear/fusion_minigpt.pt, 2, ef2f548c104617ce",
        "llama, 30, 079fe101e0b1615b",
        "llama3, 30, 5be6fe52bb419824",
        "mlp/fusion.pt, 6, b246ccedab96bd84",
        "pargo/epoch=1-step=10.ckpt, 3, 703f1047398c9c0e",
        "pargo/minigpt_model_layout.pt, 4, e122cd12e550d615",
        "pargo/pargo.pt, 87, 5caab2ad09d3dcb1",
        "pargo/pytorch_model.bin, 87, 655a71dc07629d9f",
        "pargo_freq2/pargo.pt, 77, e10a5be6549c25c7",
        "qwen2, 38, 79d40ee2a44a6b6d",
        "pargo-mini/pargo.pt, 113, 9bc3afc490f52bb2",
        "pargo-mini/vision.pt, 148, 5ca3d4ec2e5d9657",
        "pargo-mini/llm, 45, 8c9b2062cdab7e48"
    })
    void readsEveryTensorOfARealFile(String name, int tensors, String digest) throws Exception {
        Checkpoint checkpoint = Checkpoint.open(Fixtures.path(name));

        assertThat(checkpoint.tensors()).hasSize(tensors);
        assertThat(digest(checkpoint)).isEqualTo(digest);
    }

    private static String digest(Checkpoint checkpoint) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        new TreeMap<>(checkpoint.tensors()).forEach((name, tensor) -> {
            String shape =
                    Arrays.stream(tensor.shape()).mapToObj(Long::toString).collect(Collectors.joining(","));
            sha.update("%s\0%s\0%s\0".formatted(name, tensor.dtype(), shape).getBytes(StandardCharsets.UTF_8));
            sha.update(checkpoint.read(name).data());
        });
        return HexFormat.of().formatHex(sha.digest(), 0, 8);
    }

    @Test
    void keepsTheOrderOfTheFile() {
        assertThat(Checkpoint.open(Fixtures.path("mlp/fusion.pt")).tensors().keySet())
                .containsExactly(
                        "llm_proj.0.weight",
                        "llm_proj.0.bias",
                        "llm_proj.2.weight",
                        "llm_proj.2.bias",
                        "ln_vision.weight",
                        "ln_vision.bias");
    }

    @Test
    void tellsFormatsApartByContent() throws Exception {
        Path torch = Files.copy(Fixtures.path("linear/fusion.pt"), directory.resolve("model.safetensors"));
        Path safetensors = Files.copy(Fixtures.path("qwen2/model.safetensors"), directory.resolve("pytorch_model.bin"));

        assertThat(Checkpoint.open(torch).tensors()).hasSize(4);
        assertThat(Checkpoint.open(safetensors).tensors()).hasSize(38);
    }

    @Test
    void viewsStripFilterRenameAndUnite() throws Exception {
        Checkpoint eva = Checkpoint.open(Fixtures.path("eva/EVA02_tiny.pt"));
        Checkpoint visual = eva.stripPrefix("visual.");
        assertThat(visual.tensors()).containsKey("cls_token").doesNotContainKey("logit_scale");
        assertThat(visual.tensors().get("cls_token").name()).isEqualTo("cls_token");
        assertThat(visual.read("cls_token").data())
                .isEqualTo(eva.read("visual.cls_token").data());

        Checkpoint two = Checkpoint.open(WeightFiles.safetensors(directory.resolve("two"), TWO, new byte[12]));
        assertThat(two.filter("b"::equals).tensors()).containsOnlyKeys("b");
        assertThat(two.rename(name -> "x." + name).union(two).tensors()).containsOnlyKeys("x.a", "x.b", "a", "b");
        assertThatThrownBy(() -> two.union(two)).hasMessageContaining("two tensors named a");
        assertThatThrownBy(() -> two.rename(name -> "same")).hasMessageContaining("two tensors named same");
    }

    @Test
    void acceptsExactlyTheParametersOfTheNetwork() throws Exception {
        Checkpoint two = Checkpoint.open(WeightFiles.safetensors(directory.resolve("two"), TWO, new byte[12]));

        two.require(List.of(new ParameterSpec("b"), new ParameterSpec("a", 2)), name -> false);
        two.require(List.of(new ParameterSpec("a", 2)), "b"::equals);
    }

    @Test
    void listsMissingUnexpectedAndMisshapedTensorsTogether() throws Exception {
        Path file = WeightFiles.safetensors(directory.resolve("two"), TWO, new byte[12]);
        Checkpoint two = Checkpoint.open(file);

        RefusedFiles.assertRefused(
                () -> two.require(List.of(new ParameterSpec("a", 3), new ParameterSpec("c", 1)), name -> false),
                file,
                "1 missing: c; 1 unexpected: b; 1 of another shape: a is [2], not [3]");
    }

    @Test
    void boundsTheListsOfNames() throws Exception {
        Path file = WeightFiles.safetensors(directory.resolve("two"), TWO, new byte[12]);
        List<ParameterSpec> parameters = IntStream.range(0, 1000)
                .mapToObj(i -> new ParameterSpec("p" + i, 1))
                .toList();

        RefusedFiles.assertRefused(
                () -> Checkpoint.open(file).require(parameters, name -> true),
                file,
                "1000 missing: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17, p18, p19"
                        + " and 980 more");
    }

    @Test
    void refusesATensorThatIsNotThere() {
        Path file = Fixtures.path("mlp/fusion.pt");
        RefusedFiles.assertRefused(
                () -> Checkpoint.open(file).get("llm_proj.weight"), file, "no tensor llm_proj.weight");
    }

    @Test
    void refusesWhatIsNoWeightFile() throws Exception {
        Path file = directory.resolve("model.safetensors");
        RefusedFiles.assertRefused(file, "does not exist");
        RefusedFiles.assertRefused(directory, "holds no weights");
        Files.createFile(file);
        RefusedFiles.assertRefused(file, "neither a safetensors file nor a torch.save archive");
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        RefusedFiles.assertRefused(file, "Git LFS pointer");
        Files.write(file, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10});
        RefusedFiles.assertRefused(file, "bare pickle");
    }

    @Test
    void keepsHostileNamesOutOfItsMessages() throws Exception {
        Path index = index("model.safetensors", "a", "../\\u001b[31m\\nroot: all is well" + "x".repeat(20_000));
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), index, "shard '../?[31m?root: all is well");
        Path file = WeightFiles.safetensors(
                directory.resolve("f"), TWO.replace("\"a\"", "\"" + "a".repeat(1025) + "\""), new byte[12]);
        RefusedFiles.assertRefused(file, "a tensor name of 1025 characters");
    }

    @Test
    void readsShardsOfTorchFilesThroughTheirIndex() throws Exception {
        Files.copy(Fixtures.path("linear/fusion.pt"), directory.resolve("pytorch_model-00001-of-00001.bin"));
        index("pytorch_model.bin", "ln_vision.bias", "pytorch_model-00001-of-00001.bin");

        assertThat(Checkpoint.open(directory).tensors()).containsOnlyKeys("ln_vision.bias");
    }

    @Test
    void followsALinkToAShardAsDownloadedModelsHaveThem() throws Exception {
        WeightFiles.safetensors(directory.resolve("blob"), TWO, new byte[12]);
        Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../blob"));

        assertThat(Checkpoint.open(snapshot).tensors()).containsOnlyKeys("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "pytorch_model.bin"})
    void takesTheSingleFileAndNotAnIndexThatAnEarlierSaveLeft(String name) throws Exception {
        WeightFiles.safetensors(directory.resolve(name), TWO, new byte[12]);
        index(name, "a", "old-00001-of-00001");

        assertThat(Checkpoint.open(directory).tensors()).containsOnlyKeys("a", "b");
    }

    @Test
    void readsShardsInADirectoryBelow() throws Exception {
        Path below = Files.createDirectories(directory.resolve("weights/llm"));
        WeightFiles.safetensors(below.resolve("shard"), TWO, new byte[12]);
        index("model.safetensors", "a", "weights/llm/shard");

        assertThat(Checkpoint.open(directory).get("a").file()).isEqualTo(below.resolve("shard"));
    }

    @Test
    void refusesFormatsThatItDoesNotReadByTheirNames() throws Exception {
        Path gguf = Files.writeString(directory.resolve("model-Q4_K_M.gguf"), "GGUF\3\0\0\0{");
        RefusedFiles.assertRefused(gguf, "is a GGUF file");
        RefusedFiles.assertRefused(directory, "GGUF files are not read");
        Path fp8 = WeightFiles.safetensors(
                directory.resolve("fp8"),
                "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}",
                new byte[2]);
        RefusedFiles.assertRefused(fp8, "tensor a: unsupported dtype 'F8_E4M3'; fp8 weights are not read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../other/model.safetensors",
                "/etc/passwd",
                "..",
                ".",
                "",
                "sub/../../model.safetensors",
                "a\\u0000"
            })
    void refusesAnIndexThatLeavesItsDirectory(String shard) throws Exception {
        Path index = index("model.safetensors", "a", shard);
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), index, "is not a file below this directory");
    }

    @Test
    void refusesAnIndexThatLeadsToItself() throws Exception {
        Path index = index("model.safetensors", "a", "model.safetensors.index.json");
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), index, "neither a safetensors file");
    }

    @Test
    void refusesAnIndexThatLeadsToItsDirectoryThroughALink() throws Exception {
        index("model.safetensors", "a", "loop");
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("."));
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), loop, "not a regular file");
    }

    @Test
    void refusesAnIndexWhoseShardIsMissingOrLacksTheTensor() throws Exception {
        index("model.safetensors", "c", "shard");
        Path shard = directory.resolve("shard");
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), shard, "does not exist");
        WeightFiles.safetensors(shard, TWO, new byte[12]);
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), shard, "no tensor c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{},\"weight_map\":{}}", ""})
    void refusesAMalformedIndex(String json) throws Exception {
        Path index = Files.writeString(directory.resolve("model.safetensors.index.json"), json);
        RefusedFiles.assertRefused(() -> Checkpoint.open(directory), index, "");
    }

    private Path index(String name, String tensor, String shard) throws Exception {
        return Files.writeString(
                directory.resolve(name + ".index.json"), "{\"weight_map\":{\"%s\":\"%s\"}}".formatted(tensor, shard));
    }

    @Test
    void readsAStridedTensorRowMajor() throws Exception {
        byte[] pickle = new WeightFiles.Pickle()
                .op('}')
                .text("t")
                .tensor("FloatStorage", 7, 1, new long[] {2, 3}, new long[] {1, 2})
                .op('s')
                .stop();
        Path file = WeightFiles.torch(directory.resolve("t.pt"), pickle, WeightFiles.floats(0, 1, 2, 3, 4, 5, 6));
        Checkpoint checkpoint = Checkpoint.open(file);

        assertThat(checkpoint.get("t").dtype()).isEqualTo(DType.FLOAT32);
        assertThat(Floats.of(checkpoint.read("t"))).containsExactly(1, 3, 5, 2, 4, 6);
    }
}
