package dev.pargo.encoder;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.StageError;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferRequest.InferInputTensor;
import dev.pargo.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelMetadataRequest;
import dev.pargo.proto.inference.ModelMetadataResponse;
import dev.pargo.proto.inference.ModelReadyRequest;
import dev.pargo.proto.v1.DataType;
import dev.pargo.stage.status.ReadinessCheck;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model of another server that speaks the Open Inference Protocol. It is watched: while it does not answer, or has become
 * another model than at the start, the stage is not ready, and requests fail at once.
 */
final class RemoteNetwork implements FeatureNetwork, ReadinessCheck, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RemoteNetwork.class);

    private static final Duration WATCH_PERIOD = Duration.ofMillis(500);
    private static final Duration WATCH_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

    /** Watches in a row without an answer that mean a loss. A single one may be chance. */
    private static final int MISSES_OF_A_LOSS = 2;

    /** When a request that a busy server has refused may be tried again. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /** Room for everything in a message that is not features. */
    private static final int ENVELOPE = 64 << 10;

    private final RemoteAddress address;
    private final SquareTower tower;
    private final Duration timeout;
    private final ManagedChannel channel;
    private final GRPCInferenceServiceBlockingStub server;
    private final ModelMetadataResponse metadata;
    private final RemoteContract contract;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "remote-network-watch"));
    private volatile Optional<String> trouble = Optional.empty();

    /** Used by the watch's thread only. */
    private int misses;

    private RemoteNetwork(
            ManagedChannel channel, RemoteAddress address, SquareTower tower, int mostImages, Duration timeout) {
        this.channel = channel;
        this.address = address;
        this.tower = tower;
        this.timeout = timeout;
        this.server = GRPCInferenceServiceGrpc.newBlockingStub(channel);
        this.metadata = metadata(START_TIMEOUT);
        this.contract = RemoteContract.of(metadata, tower, mostImages);
    }

    /**
     * Connects to a model, checks that it fits and computes its largest request, and watches it from now on.
     *
     * @param tower      the encoder whose network it is
     * @param mostImages most images of a request
     * @param timeout    longest time of one {@link #encode}
     * @throws ConfigException if it does not answer, does not fit, or refuses the largest request
     */
    static RemoteNetwork connect(
            NettyChannelBuilder builder, RemoteAddress address, SquareTower tower, int mostImages, Duration timeout) {
        long features = (long) Float.BYTES * mostImages * tower.tokens() * tower.width();
        ManagedChannel channel = builder.maxInboundMessageSize((int) Math.min(Integer.MAX_VALUE, features + ENVELOPE))
                .build();
        try {
            RemoteNetwork network = new RemoteNetwork(channel, address, tower, mostImages, timeout);
            network.computeLargest();
            network.watch.scheduleWithFixedDelay(
                    network::look, WATCH_PERIOD.toMillis(), WATCH_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
            return network;
        } catch (StatusRuntimeException absent) {
            channel.shutdownNow();
            throw new ConfigException(
                    "the remote model %s does not describe itself: %s".formatted(address, absent.getMessage()), absent);
        } catch (ConfigException misfit) {
            channel.shutdownNow();
            throw misfit;
        }
    }

    RemoteAddress address() {
        return address;
    }

    /** A hash of the bundle's encoder and of what the server says about its model. */
    String fingerprint(String encoder) {
        return new Fingerprint()
                .add("encoder", encoder)
                .add("remote", metadata.toString())
                .hex();
    }

    @Override
    public SquareTower config() {
        return tower;
    }

    @Override
    public DataType dtype() {
        return contract.dtype();
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public List<PictureRows> encode(List<PicturePixels> pictures) {
        List<HostTensor> images =
                pictures.stream().flatMap(picture -> picture.pieces().stream()).toList();
        DType dtype = DType.valueOf(contract.dtype().name());
        HostTensor features = HostTensor.allocate(dtype, (long) images.size() * tower.tokens(), tower.width());
        ByteBuffer rest = features.data().duplicate();
        Deadline deadline = deadline(timeout);
        for (int from = 0; from < images.size(); from += contract.images()) {
            List<HostTensor> some = images.subList(from, Math.min(images.size(), from + contract.images()));
            infer(some, deadline).asReadOnlyByteBufferList().forEach(rest::put);
        }
        List<PictureLayout> layouts =
                pictures.stream().map(picture -> tower.layout(picture.layout())).toList();
        return PictureRows.divide(features, layouts);
    }

    /** A limit of messages, on the server's side or on the way, shows at the start and not under load. */
    private void computeLargest() {
        HostTensor blank = HostTensor.allocate(DType.FLOAT32, 3, tower.imageSize(), tower.imageSize());
        Duration limit = timeout.compareTo(START_TIMEOUT) > 0 ? timeout : START_TIMEOUT;
        List<HostTensor> images = Collections.nCopies(contract.images(), blank);
        try {
            features(ask(images, deadline(limit)), images.size());
        } catch (StatusRuntimeException failure) {
            throw new ConfigException(
                    "the remote model %s does not compute %d images in one request: %s"
                            .formatted(address, images.size(), failure.getMessage()),
                    failure);
        }
    }

    private static Deadline deadline(Duration limit) {
        return Deadline.after(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private ByteString infer(List<HostTensor> images, Deadline deadline) {
        trouble.ifPresent(reason -> {
            throw lost();
        });
        ModelInferResponse response;
        try {
            response = ask(images, deadline);
        } catch (StatusRuntimeException failure) {
            throw toStageError(failure);
        }
        return features(response, images.size());
    }

    private ModelInferResponse ask(List<HostTensor> images, Deadline deadline) {
        long side = tower.imageSize();
        ByteString pixels = ByteString.EMPTY;
        for (HostTensor image : images) {
            pixels = pixels.concat(UnsafeByteOperations.unsafeWrap(image.data()));
        }
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName(address.model())
                .addInputs(InferInputTensor.newBuilder()
                        .setName(contract.input())
                        .setDatatype(InferTensor.FP32)
                        .addAllShape(List.of((long) images.size(), 3L, side, side)))
                .addRawInputContents(pixels)
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName(contract.output()))
                .build();
        return server.withDeadline(deadline).modelInfer(request);
    }

    /** The elements of the answer, if it is what was asked for. */
    private ByteString features(ModelInferResponse response, int images) {
        List<InferTensor> outputs;
        try {
            outputs = InferTensor.of(response);
        } catch (StatusRuntimeException malformed) {
            throw broken("%s answered wrongly: %s".formatted(address, malformed.getMessage()));
        }
        List<Long> shape = List.of((long) images, (long) tower.tokens(), (long) tower.width());
        long bytes = shape.stream().reduce(1L, Math::multiplyExact)
                * DType.valueOf(contract.dtype().name()).bytes();
        for (InferTensor output : outputs) {
            if (output.name().equals(contract.output())
                    && InferTensor.dtype(output.datatype()) == contract.dtype()
                    && output.shape().equals(shape)
                    && output.data().size() == bytes) {
                return output.data();
            }
        }
        throw broken("%s answered without %s of the shape %s".formatted(address, contract.output(), shape));
    }

    private StatusRuntimeException toStageError(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, CANCELLED -> {
                log.warn("{} did not answer: {}: {}", address, status.getCode(), status.getDescription());
                yield lost();
            }
            case RESOURCE_EXHAUSTED -> {
                log.warn("{} refused a request: {}", address, status.getDescription());
                yield new StageError(
                                ErrorReason.QUEUE_FULL, "The encoder's network is busy. Try again later.", RETRY_AFTER)
                        .toException();
            }
            default -> broken("%s answered %s: %s".formatted(address, status.getCode(), status.getDescription()));
        };
    }

    private static StatusRuntimeException lost() {
        return new StageError(ErrorReason.NETWORK_LOST, "The server of the encoder's network does not answer.")
                .toException();
    }

    private static StatusRuntimeException broken(String reason) {
        log.error("The remote model failed: {}", reason);
        return new StageError(ErrorReason.INTERNAL, "The encoder's network failed.").toException();
    }

    /** Looks whether the model answers, and whether it is still the same. */
    private void look() {
        Optional<String> found;
        try {
            found = state();
            misses = 0;
        } catch (RuntimeException failure) {
            // A connection that has silently died would be kept otherwise.
            channel.enterIdle();
            misses++;
            if (misses < MISSES_OF_A_LOSS && trouble.isEmpty()) {
                return;
            }
            found = Optional.of("%s does not answer: %s".formatted(address, failure.getMessage()));
        }
        if (found.isPresent() && !found.equals(trouble)) {
            log.warn("The stage is not ready: {}", found.get());
        }
        if (found.isEmpty() && trouble.isPresent()) {
            log.info("The stage is ready again: {} answers", address);
        }
        trouble = found;
    }

    private Optional<String> state() {
        ModelReadyRequest question =
                ModelReadyRequest.newBuilder().setName(address.model()).build();
        if (!server.withDeadlineAfter(WATCH_TIMEOUT).modelReady(question).getReady()) {
            return Optional.of(address + " says that it is not ready");
        }
        if (!metadata(WATCH_TIMEOUT).equals(metadata)) {
            return Optional.of(address + " is another model or version than at the start; restart this stage");
        }
        return Optional.empty();
    }

    private ModelMetadataResponse metadata(Duration limit) {
        return server.withDeadlineAfter(limit)
                .modelMetadata(ModelMetadataRequest.newBuilder()
                        .setName(address.model())
                        .build());
    }

    @Override
    public void close() {
        watch.shutdownNow();
        channel.shutdownNow();
    }
}
