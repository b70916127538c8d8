package dev.pargo.encoder;

import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.stage.call.BatchedCall;
import java.util.concurrent.CompletableFuture;

/**
 * Encodes image files for calls that are admitted. If pictures differ in their number of patches, the memory of a picture's
 * patches is reserved when its dimensions are known. Thread-safe.
 */
final class FileEncoding {

    private final ImagePreparation preparation;
    private final EncoderDescription limits;
    private final VisionConfig vision;

    FileEncoding(ImagePreparation preparation, EncoderDescription limits, VisionConfig vision) {
        this.preparation = preparation;
        this.limits = limits;
        this.vision = vision;
    }

    /**
     * Checks the size of a file.
     *
     * @return the size
     * @throws io.grpc.StatusRuntimeException IMAGE_UNDECODABLE for an empty file, IMAGE_TOO_LARGE
     */
    int check(long size) {
        return ImageUpload.checkSize(size, limits.getMaxImageBytes());
    }

    /** Memory of pixel values and features, as far as it is known before the file. */
    long memory() {
        return isFixed()
                ? tensors(limits.getMaxPiecePixels(), limits.getOutput().getTokens())
                : 0;
    }

    /**
     * Decodes a file and submits its pixels.
     *
     * @param alone whether the prompt shows this picture only
     */
    void submit(byte[] file, boolean alone, BatchedCall<PicturePixels, ?> call) {
        call.trace().enter("decode picture");
        CompletableFuture<PreparedImage> image = preparation.prepare(file, alone, pixels -> reserve(pixels, call));
        call.whenOver(() -> image.cancel(true));
        image.whenComplete((prepared, error) -> {
            if (error == null) {
                call.submit(prepared.pixels(), prepared.time());
            } else {
                call.fail(error);
            }
        });
    }

    /** Whether every picture has the same number of features. */
    private boolean isFixed() {
        return TensorSpec.isFixed(limits.getOutput());
    }

    private void reserve(PictureLayout pixels, BatchedCall<PicturePixels, ?> call) {
        if (!isFixed()) {
            call.reserve(tensors(pixels.cells(), vision.layout(pixels).cells()));
        }
    }

    /** Memory of pixel values and features, both counted as float32. */
    private long tensors(long pixels, long features) {
        return Float.BYTES * (3 * pixels + features * limits.getOutput().getWidth());
    }
}
