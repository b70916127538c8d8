package dev.pargo.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.bundle.BundleException;
import dev.pargo.models.bundle.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PreprocessingTest {

    @Test
    void isThatOfClipWhereABundleIsSilent() {
        Preprocessing preprocessing = Preprocessing.of(image(null, null, null, null));

        assertThat(preprocessing.size()).isEqualTo(336);
        assertThat(preprocessing.mode()).isEqualTo(ResizeMode.PLAIN);
        assertThat(preprocessing.padColor()).isEqualTo(new Rgb(122, 116, 104));
        assertThat(preprocessing.mean()).containsExactly(0.48145466f, 0.4578275f, 0.40821073f);
        assertThat(preprocessing.std()).containsExactly(0.26862954f, 0.26130258f, 0.27577711f);
        assertThat(preprocessing.convention()).isEqualTo(ImageConvention.NATURAL);
    }

    @Test
    void takesItsModeAndConventionFromTheBundle() {
        assertThat(Preprocessing.of(image(true, null, null, null)).mode()).isEqualTo(ResizeMode.EXPAND_TO_SQUARE);
        Preprocessing letterbox = Preprocessing.of(image(true, 448, "reference", new int[] {0, 0, 0}));
        assertThat(letterbox.mode()).isEqualTo(ResizeMode.LETTERBOX_CROP);
        assertThat(letterbox.letterboxSize()).isEqualTo(448);
        assertThat(letterbox.convention()).isEqualTo(ImageConvention.REFERENCE);
        assertThat(letterbox.padColor()).isEqualTo(new Rgb(0, 0, 0));
    }

    @Test
    void refusesABundlesMistakesByName() {
        assertThatThrownBy(() -> Preprocessing.of(image(null, 100, null, null)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("letterbox size 100");
        assertThatThrownBy(() -> Preprocessing.of(image(null, null, "upside_down", null)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("upside_down");
        assertThatThrownBy(() -> Preprocessing.of(image(null, null, null, new int[] {1, 2})))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("pad_color");
    }

    private static Manifest.Image image(
            @Nullable Boolean padToSquare,
            @Nullable Integer letterbox,
            @Nullable String convention,
            int @Nullable [] padColor) {
        return new Manifest.Image(336, 14, padToSquare, letterbox, convention, padColor, null, null);
    }
}
