package dev.pargo.models.image;

/**
 * A colour.
 *
 * @param red   0 to 255
 * @param green 0 to 255
 * @param blue  0 to 255
 */
public record Rgb(int red, int green, int blue) {

    public Rgb {
        if (((red | green | blue) & ~0xff) != 0) {
            throw new IllegalArgumentException(
                    "colour (%d, %d, %d) has a channel outside 0..255".formatted(red, green, blue));
        }
    }
}
