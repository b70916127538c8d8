package dev.pargo.models.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.EvenPages;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.VisionEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole models of every family, from picture to answer, against transformers. */
class FamilyParityTest {

    private static final Tolerance TOLERANCE = new Tolerance(2e-4, 2e-4);

    @TestFactory
    Stream<DynamicContainer> pixelsEqualTheProcessors() {
        return perModel(folder -> perCase(folder, fixture -> fixture.has("pixels_u8"), FamilyParityTest::checkPixels));
    }

    @TestFactory
    Stream<DynamicContainer> imageFeaturesEqualTransformers() {
        return perModel(
                folder -> perCase(folder, fixture -> !fixture.images().isEmpty(), FamilyParityTest::checkFeatures));
    }

    @TestFactory
    Stream<DynamicContainer> logitsAndAnswersEqualTransformers() {
        return perModel(folder -> perCase(folder, fixture -> true, FamilyParityTest::checkAnswer));
    }

    private static Stream<DynamicContainer> perModel(Function<Path, Stream<DynamicTest>> tests) {
        return FamilyCase.models().stream()
                .map(folder ->
                        DynamicContainer.dynamicContainer(folder.getFileName().toString(), tests.apply(folder)));
    }

    private interface Check {
        void check(FamilyCase fixture, ModelBundle bundle) throws IOException;
    }

    private static Stream<DynamicTest> perCase(Path folder, Predicate<FamilyCase> cases, Check check) {
        return FamilyCase.of(folder).stream()
                .filter(cases)
                .map(fixture -> DynamicTest.dynamicTest(
                        fixture.name(), () -> check.check(fixture, ModelBundle.read(folder.resolve("model")))));
    }

    private static List<PicturePixels> pictures(FamilyCase fixture, ModelBundle bundle) throws IOException {
        ImageCutter cutter = bundle.pictures();
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 24, 1 << 24), cutter.convention());
        List<PicturePixels> pictures = new ArrayList<>();
        for (Path image : fixture.images()) {
            pictures.add(cutter.cut(
                    decoder.decode(Files.readAllBytes(image)), fixture.images().size() == 1));
        }
        return pictures;
    }

    /** Equal, or off by one level in at most 0.1 % of them. */
    private static void checkPixels(FamilyCase fixture, ModelBundle bundle) throws IOException {
        Published published = Published.read(fixture.folder());
        byte[] want = Published.bytes(fixture.golden("pixels_u8"));
        byte[] got = published.levels(pictures(fixture, bundle));
        assertThat(got).hasSameSizeAs(want);
        int different = 0;
        for (int i = 0; i < want.length; i++) {
            int difference = Math.abs((got[i] & 0xff) - (want[i] & 0xff));
            assertThat(difference).as("level %d", i).isLessThanOrEqualTo(1);
            different += difference;
        }
        assertThat(different).isLessThanOrEqualTo(want.length / 1000);
    }

    private static void checkFeatures(FamilyCase fixture, ModelBundle bundle) throws IOException {
        List<PictureRows> visual = visualTokens(fixture, bundle);
        int width = bundle.llm().config().width();
        float[] got = floats(visual.stream()
                .map(picture -> firstColumns(picture.rows(), width))
                .toList());
        TOLERANCE.check(
                got,
                floats(fixture.imageFeatures().stream().map(Tolerance::floats).toList()));
    }

    /** The columns that take the placeholders' place; behind them may stand those of other layers. */
    private static float[] firstColumns(HostTensor rows, int width) {
        float[] all = Tolerance.floats(rows);
        int wide = (int) rows.shape()[1];
        float[] first = new float[all.length / wide * width];
        for (int row = 0; row < all.length / wide; row++) {
            System.arraycopy(all, row * wide, first, row * width, width);
        }
        return first;
    }

    private static float[] floats(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static List<PictureRows> visualTokens(FamilyCase fixture, ModelBundle bundle) throws IOException {
        if (fixture.images().isEmpty()) {
            return List.of();
        }
        try (VisionEncoder encoder = VisionEncoder.load(bundle.vision(), Placement.REFERENCE);
                Projector projector = Projector.load(bundle.projector(), Placement.REFERENCE)) {
            return projector.projectPictures(encoder.encodePictures(pictures(fixture, bundle)));
        }
    }

    private static void checkAnswer(FamilyCase fixture, ModelBundle bundle) throws IOException {
        List<PictureRows> visual = visualTokens(fixture, bundle);
        int placeholder = Published.read(fixture.folder()).placeholder();
        try (CausalLm lm = CausalLm.load(bundle.llm(), Placement.REFERENCE);
                PromptEmbedding prompt = lm.embed(parts(fixture.inputIds(), placeholder, visual));
                KvCache cache = lm.newCache(KvCache.pages(prompt.length() + 16))) {
            int[] pages = new EvenPages(1, prompt.length() + 16).of(0);
            assertThat(prompt.length()).isEqualTo(fixture.inputIds().length);
            List<Integer> answer = new ArrayList<>();
            float[] steps = Tolerance.floats(fixture.golden("step_logits"));
            int vocabulary = lm.config().vocabulary();
            int[] want = fixture.exactIds();
            Step step = new Step(List.of(new Step.Chunk(pages, prompt, 0, prompt.length())), List.of());
            while (answer.size() < want.length) {
                try (Logits logits = lm.step(cache, step)) {
                    int at = answer.size() * vocabulary;
                    if (at < steps.length) {
                        TOLERANCE.check(logits.toArray(), Arrays.copyOfRange(steps, at, at + vocabulary));
                    }
                    answer.add(logits.argmax()[0]);
                }
                int last = answer.get(answer.size() - 1);
                int position = prompt.length() + answer.size() - 1;
                step = new Step(List.of(), List.of(new Step.Tokens(pages, position, last).withShift(prompt.shift())));
            }
            assertThat(answer).containsExactly(Arrays.stream(want).boxed().toArray(Integer[]::new));
        }
    }

    /** The prompt with the pictures' rows in the placeholders' place, run by run. */
    private static List<PromptPart> parts(int[] ids, int placeholder, List<PictureRows> visual) {
        List<HostTensor> pieces = new ArrayList<>();
        List<Grid> grids = new ArrayList<>();
        for (PictureRows picture : visual) {
            pieces.addAll(picture.pieces());
            picture.layout().pieces().forEach(piece -> grids.add(piece.grid()));
        }
        List<PromptPart> parts = new ArrayList<>();
        int piece = 0;
        for (int from = 0; from < ids.length; ) {
            if (ids[from] == placeholder) {
                parts.add(new PromptPart.Visual(pieces.get(piece), grids.get(piece)));
                from += grids.get(piece++).cells();
            } else {
                int to = from;
                while (to < ids.length && ids[to] != placeholder) {
                    to++;
                }
                parts.add(new PromptPart.Tokens(Arrays.copyOfRange(ids, from, to)));
                from = to;
            }
        }
        assertThat(piece).isEqualTo(pieces.size());
        return parts;
    }
}
