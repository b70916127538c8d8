package dev.pargo.evaluation.bench.gateway;

import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Measures the bytes per second of a tensor stream over loopback, and of plain TCP. Each uses one connection. */
final class TensorTransfer {

    /** Bytes of a write; as many as a chunk of a tensor has. */
    static final int PIECE = 512 * 1024;

    private TensorTransfer() {}

    /** Bytes per second of features from an encoder, in one call after another, with checksums and all checks. */
    static double ofTensors(int port, Duration time) throws InterruptedException, IOException {
        ManagedChannel channel = channel(port);
        try {
            EncoderDescription encoder =
                    EncoderGrpc.newBlockingV2Stub(channel).describe(DescribeRequest.getDefaultInstance());
            TensorSpec spec = TensorSpec.described(TensorSpec.FEATURES, encoder.getOutput());
            return perSecond(time, () -> features(spec, channel));
        } catch (StatusException failed) {
            throw new IOException(failed);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Bytes per second of a {@link PlainStream}, in one call after another. */
    static double ofBytes(int port, Duration time) throws InterruptedException, IOException {
        ManagedChannel channel = channel(port);
        try {
            return perSecond(time, () -> PlainStream.receive(channel));
        } catch (StatusException failed) {
            throw new IOException(failed);
        } finally {
            channel.shutdownNow();
        }
    }

    static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .usePlaintext()
                .build();
    }

    private static double perSecond(Duration time, Call call) throws InterruptedException, StatusException {
        long bytes = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            bytes += call.receive();
        }
        return bytes / ((System.nanoTime() - start) / 1e9);
    }

    /** Receives the answer of one call; returns its bytes. */
    private interface Call {
        long receive() throws InterruptedException, StatusException;
    }

    private static long features(TensorSpec spec, ManagedChannel channel) throws InterruptedException, StatusException {
        BlockingClientCall<EncodeRequest, TensorChunk> call =
                EncoderGrpc.newBlockingV2Stub(channel).encode();
        call.halfClose();
        TensorAssembler tensor = new TensorAssembler(spec);
        TensorChunk chunk;
        while (!(chunk = call.read()).hasReport()) {
            tensor.accept(chunk);
        }
        while (call.read() != null) {
            // Reads to the end of the call.
        }
        return tensor.finish().data().remaining();
    }

    /** Bytes per second over TCP between two threads. */
    static double overTcp(Duration time) throws IOException, InterruptedException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket sender = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket receiver = listener.accept()) {
            long start = System.nanoTime();
            Thread sending = new Thread(() -> send(sender, start + time.toNanos()));
            sending.start();
            long bytes = 0;
            byte[] piece = new byte[PIECE];
            InputStream in = receiver.getInputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                bytes += read;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            sending.join();
            return bytes / seconds;
        }
    }

    private static void send(Socket socket, long end) {
        byte[] piece = new byte[PIECE];
        try (OutputStream out = socket.getOutputStream()) {
            while (System.nanoTime() < end) {
                out.write(piece);
            }
        } catch (IOException closed) {
            // The receiver reports the failure.
        }
    }
}
