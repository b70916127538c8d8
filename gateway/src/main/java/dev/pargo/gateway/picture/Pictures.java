package dev.pargo.gateway.picture;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.inference.InferenceRequest;
import dev.pargo.gateway.inference.RequestScope;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Brings the pictures of a request together. Thread-safe. */
@Component
public final class Pictures {

    private final PictureFetcher fetcher;
    private final KnownPictures known = new KnownPictures();

    Pictures(PictureFetcher fetcher) {
        this.fetcher = fetcher;
    }

    /**
     * Decodes, fetches and recalls pictures. The memory of the body is given back, but for the files.
     *
     * @param maxBytes largest file
     * @throws GatewayException naming the field, if there is no such picture, or if it is too large
     */
    public List<InferenceRequest.Image> load(
            List<PictureSource> sources, long maxBytes, RequestBody body, Caller caller, RequestScope scope) {
        String key = caller.name();
        InferenceRequest.@Nullable Image[] images = body.bounded(() -> sources.stream()
                .map(source -> source.isFetched() ? null : present(source, maxBytes, key))
                .toArray(InferenceRequest.Image[]::new));
        body.keep(Stream.of(images)
                .filter(Objects::nonNull)
                .mapToLong(InferenceRequest.Image::size)
                .sum());
        Iterator<byte[]> fetched = fetcher.fetch(
                        sources.stream().filter(PictureSource::isFetched).toList(), maxBytes, body, scope)
                .iterator();
        List<InferenceRequest.Image> all = new ArrayList<>();
        for (int i = 0; i < images.length; i++) {
            InferenceRequest.@Nullable Image image = images[i];
            all.add(image == null ? sent(sources.get(i), fetched.next(), key) : image);
        }
        return all;
    }

    private InferenceRequest.Image present(PictureSource source, long maxBytes, String key) {
        if (source.url() != null) {
            return sent(source, new DataUrl(source.url(), source.param()).decode(maxBytes), key);
        }
        String uuid = Objects.requireNonNull(source.uuid());
        @Nullable ByteString sha256 = known.find(key, uuid);
        if (sha256 == null) {
            throw InferenceRequest.Image.unknown(source.param());
        }
        return new InferenceRequest.Image(null, sha256, source.param());
    }

    private InferenceRequest.Image sent(PictureSource source, byte[] file, String key) {
        InferenceRequest.Image image = new InferenceRequest.Image(file, source.param());
        if (source.uuid() != null) {
            known.remember(key, source.uuid(), image.sha256());
        }
        return image;
    }
}
