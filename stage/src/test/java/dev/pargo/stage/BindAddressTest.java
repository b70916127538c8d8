package dev.pargo.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.3", "0.0.0.0", "::1", "192.0.2.7"})
    void anAddressIsItsOwnName(String text) {
        InetAddress address = new BindAddress().convert(text);

        assertThat(address.getHostName()).isEqualTo(text);
    }

    @Test
    void aNameIsLookedUp() {
        assertThat(new BindAddress().convert("localhost").isLoopbackAddress()).isTrue();
    }

    @Test
    void anUnknownNameIsSaidToBeUnknown() {
        assertThatThrownBy(() -> new BindAddress().convert("no-such-host.invalid"))
                .hasMessage("'no-such-host.invalid' is not a known address");
    }
}
