package dev.pargo.encoder;

import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.stage.call.BatchedCall;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Receives the request of one encoding: header, bytes, end. It is admitted at the header, before anything is allocated. If
 * pictures differ in their number of patches, the memory of a picture's patches is reserved when its dimensions are known.
 */
final class EncodeCall implements StreamObserver<EncodeRequest> {

    private final BatchedCall<PicturePixels> call;
    private final ImagePreparation preparation;
    private final EncoderDescription limits;
    private final VisionConfig vision;
    private @Nullable ImageUpload upload;
    private boolean alone;

    EncodeCall(
            BatchedCall<PicturePixels> call,
            ImagePreparation preparation,
            EncoderDescription limits,
            VisionConfig vision) {
        this.call = call;
        this.preparation = preparation;
        this.limits = limits;
        this.vision = vision;
    }

    @Override
    public void onNext(EncodeRequest request) {
        call.attempt(() -> {
            Checksums.check(request);
            switch (request.getPartCase()) {
                case HEADER -> open(request.getHeader());
                case DATA -> opened().append(request.getData());
                case PART_NOT_SET -> throw malformed("expected an image's header or data");
            }
        });
    }

    @Override
    public void onCompleted() {
        call.attempt(() -> {
            call.completeRequest();
            call.trace().enter("decode picture");
            CompletableFuture<PreparedImage> image = preparation.prepare(opened().finish(), alone, this::reserve);
            call.whenOver(() -> image.cancel(true));
            image.whenComplete((prepared, error) -> {
                if (error == null) {
                    call.submit(prepared.pixels(), prepared.time());
                } else {
                    call.fail(error);
                }
            });
        });
    }

    @Override
    public void onError(Throwable cancellation) {
        // The call's cancel handler cleans up.
    }

    private void open(ImageHeader header) {
        if (upload != null) {
            throw malformed("a second header for the image");
        }
        int size = ImageUpload.checkSize(header, limits.getMaxImageBytes());
        call.admit(size + (isFixed() ? largestTensors() : 0));
        upload = ImageUpload.ofSize(size);
        alone = !header.getAmongOthers();
    }

    private ImageUpload opened() {
        if (upload == null) {
            throw malformed("data or end before the header of the image");
        }
        return upload;
    }

    /** Whether every picture has the same number of features. */
    private boolean isFixed() {
        return limits.getOutput().getMinTokens() == 0;
    }

    private void reserve(PictureLayout pixels) {
        if (!isFixed()) {
            call.reserve(tensors(pixels.cells(), vision.layout(pixels).cells()));
        }
    }

    private long largestTensors() {
        return tensors(limits.getMaxPiecePixels(), limits.getOutput().getTokens());
    }

    /** Memory of pixel values and features, both counted as float32. */
    private long tensors(long pixels, long features) {
        return Float.BYTES * (3 * pixels + features * limits.getOutput().getWidth());
    }

    private static StatusRuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}
