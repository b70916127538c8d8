package dev.pargo.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.stack.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PictureVariantsTest {

    private static final Path PICTURE = Repository.file("examples/very.png");

    @Test
    void areReadableAndAllDifferent() throws IOException {
        List<String> variants = PictureVariants.of(List.of(PICTURE), 3);

        assertThat(variants).hasSize(3).doesNotHaveDuplicates();
        for (String variant : variants) {
            byte[] png = Base64.getDecoder().decode(variant.substring(variant.indexOf(',') + 1));
            assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth())
                    .isEqualTo(ImageIO.read(PICTURE.toFile()).getWidth());
        }
    }

    @Test
    void refusesWhatIsNoPicture() {
        assertThatThrownBy(() -> PictureVariants.of(List.of(Repository.file("mvnw")), 2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("mvnw");
        assertThatThrownBy(() -> PictureVariants.of(List.of(Repository.file("nothing.png")), 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no picture");
    }
}
