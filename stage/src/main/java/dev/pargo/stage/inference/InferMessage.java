package dev.pargo.stage.inference;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The message of a ModelInfer, which is parsed after it has been looked through: two bytes can make an object of a hundred, so
 * the limit of bytes alone does not bound what a message takes.
 */
final class InferMessage {

    /** ModelInfer, whose requests are left as they came. */
    static final MethodDescriptor<ByteString, ModelInferResponse> METHOD =
            GRPCInferenceServiceGrpc.getModelInferMethod().toBuilder(
                            new Unparsed(),
                            GRPCInferenceServiceGrpc.getModelInferMethod().getResponseMarshaller())
                    .build();

    /** Most fields of a message, those of its inner messages included. A packed list of numbers is one field. */
    static final int MOST_FIELDS = 1_000;

    private InferMessage() {}

    /**
     * Parses a message. Its tensors share its memory.
     *
     * @throws StatusRuntimeException MALFORMED_STREAM if it is none, or has more than {@value #MOST_FIELDS} fields
     */
    static ModelInferRequest parse(ByteString message) {
        try {
            if (count(message.newCodedInput(), ModelInferRequest.getDescriptor(), 0) > MOST_FIELDS) {
                throw malformed("the message has more than %,d fields".formatted(MOST_FIELDS));
            }
            CodedInputStream input = message.newCodedInput();
            input.enableAliasing(true);
            return ModelInferRequest.parseFrom(input);
        } catch (IOException malformed) {
            throw malformed("the message is no ModelInferRequest");
        }
    }

    /** Adds the fields of a message to a count. Stops when there are too many. */
    private static int count(CodedInputStream input, Descriptor type, int counted) throws IOException {
        int fields = counted;
        while (fields <= MOST_FIELDS && !input.isAtEnd()) {
            int tag = input.readTag();
            fields++;
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    int size = input.readRawVarint32();
                    if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                        int end = input.pushLimit(size);
                        fields = count(input, field.getMessageType(), fields);
                        input.popLimit(end);
                    } else {
                        input.skipRawBytes(size);
                    }
                }
                case WireFormat.WIRETYPE_START_GROUP, WireFormat.WIRETYPE_END_GROUP ->
                    throw new InvalidProtocolBufferException("a group");
                default -> input.skipField(tag);
            }
        }
        return fields;
    }

    private static StatusRuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }

    private static final class Unparsed implements MethodDescriptor.Marshaller<ByteString> {

        @Override
        public InputStream stream(ByteString message) {
            return message.newInput();
        }

        /** gRPC has the whole message, so this copies it once. */
        @Override
        public ByteString parse(InputStream stream) {
            try {
                return UnsafeByteOperations.unsafeWrap(stream.readAllBytes());
            } catch (IOException damaged) {
                throw Status.INTERNAL.withCause(damaged).asRuntimeException();
            }
        }
    }
}
