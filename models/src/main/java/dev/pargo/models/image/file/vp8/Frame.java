package dev.pargo.models.image.file.vp8;

/**
 * The planes of a frame, in whole macroblocks; chroma is halved in both directions.
 *
 * @param width  in macroblocks
 * @param height in macroblocks
 */
record Frame(int width, int height, Plane luma, Plane u, Plane v) {

    static Frame allocate(int width, int height) {
        return new Frame(
                width,
                height,
                Plane.allocate(16 * width, 16 * height),
                Plane.allocate(8 * width, 8 * height),
                Plane.allocate(8 * width, 8 * height));
    }
}
