package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.stage.call.BatchedCall;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Receives the request of one encoding: header, bytes, end. It is admitted at the header, before anything is allocated. */
final class EncodeCall implements StreamObserver<EncodeRequest> {

    private final BatchedCall<PicturePixels, ?> call;
    private final FileEncoding files;
    private @Nullable ImageUpload upload;
    private boolean alone;

    EncodeCall(BatchedCall<PicturePixels, ?> call, FileEncoding files) {
        this.call = call;
        this.files = files;
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
            files.submit(opened().finish(), alone, call);
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
        int size = files.check(header.getSizeBytes());
        call.admit(size + files.memory());
        upload = ImageUpload.ofSize(size);
        alone = !header.getAmongOthers();
    }

    private ImageUpload opened() {
        if (upload == null) {
            throw malformed("data or end before the header of the image");
        }
        return upload;
    }

    private static StatusRuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}
