package dev.pargo.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TensorChunk;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentVisualTokensTest {

    private final RecentVisualTokens known = new RecentVisualTokens(100);

    @Test
    void forgetsTheLeastRecentlyUsedOfAll() {
        known.put(key("a"), tokens(40));
        known.put(key("b"), tokens(40));
        known.get(key("a"));
        known.put(key("c"), tokens(30));

        assertThat(known.get(key("a"))).isNotNull();
        assertThat(known.get(key("b"))).isNull();
        assertThat(known.get(key("c"))).isNotNull();
        assertThat(known.bytes()).isEqualTo(70);
    }

    @Test
    void keepsWhatHasJustComeHoweverOftenTheOthersWereUsed() {
        known.put(key("a"), tokens(100));
        for (int i = 0; i < 100; i++) {
            known.get(key("a"));
        }
        known.put(key("b"), tokens(100));

        assertThat(known.get(key("b"))).isNotNull();
        assertThat(known.bytes()).isEqualTo(100);
    }

    @Test
    void makesNoRoomForWhatCannotFit() {
        known.put(key("a"), tokens(60));
        known.put(key("b"), tokens(101));

        assertThat(known.get(key("a"))).isNotNull();
        assertThat(known.get(key("b"))).isNull();
    }

    @Test
    void countsAnImageOnce() {
        known.put(key("a"), tokens(60));
        known.put(key("a"), tokens(50));

        assertThat(known.bytes()).isEqualTo(50);
    }

    @Test
    void tellsMakersApart() {
        known.put(key("a"), tokens(60));
        ImageKey key = key("a");

        assertThat(known.get(new ImageKey(key.sha256(), key.encoder(), identity("p2"), false, "")))
                .isNull();
        assertThat(known.get(new ImageKey(key.sha256(), identity("e2"), key.projector(), false, "")))
                .isNull();
    }

    private static ImageKey key(String image) {
        return new ImageKey(ByteString.copyFromUtf8(image), identity("e1"), identity("p1"), false, "");
    }

    private static StageIdentity identity(String fingerprint) {
        return StageIdentity.newBuilder().setFingerprint(fingerprint).build();
    }

    private static VisualTokens tokens(int bytes) {
        TensorChunk data = Checksums.seal(TensorChunk.newBuilder().setData(ByteString.copyFrom(new byte[bytes])));
        return new VisualTokens(List.of(TensorChunk.getDefaultInstance(), data));
    }
}
