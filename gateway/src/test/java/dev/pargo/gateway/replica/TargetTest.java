package dev.pargo.gateway.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    @ParameterizedTest
    @ValueSource(strings = {"static://a:9091,b:9092", "static:a:9091, b:9092", "a:9091,b:9092"})
    void everyListedAddressIsAReplica(String text) throws UnknownHostException {
        Target target = Target.parse(text);

        assertThat(target.mayChange()).isFalse();
        assertThat(target.addresses()).map(Address::toString).containsExactly("a:9091", "b:9092");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dns:///127.0.0.7:9091", "dns:127.0.0.7:9091"})
    void everyAddressOfANameIsAReplica(String text) throws UnknownHostException {
        Target target = Target.parse(text);

        assertThat(target.mayChange()).isTrue();
        assertThat(target.addresses()).map(Address::toString).containsExactly("127.0.0.7:9091");
    }

    @Test
    void aReplicaIsCalledAsItsNameInCertificates() throws UnknownHostException {
        assertThat(Target.parse("dns:///localhost:9091").addresses())
                .isNotEmpty()
                .allSatisfy(address -> {
                    assertThat(address.authority()).isEqualTo("localhost:9091");
                    assertThat(address.host()).isNotEqualTo("localhost");
                });
    }

    @Test
    void anIpv6AddressStandsInBrackets() throws UnknownHostException {
        Address address =
                Target.parse("static://[::1]:9091").addresses().iterator().next();

        assertThat(address.host()).isEqualTo("::1");
        assertThat(address).hasToString("[::1]:9091");
    }

    @ParameterizedTest
    @ValueSource(strings = {"static://a", "static://", "dns:///name", "a:b", "a:99999", "::1:9091", "unix:/tmp/x"})
    void whatIsNoTargetIsRefused(String text) {
        assertThatThrownBy(() -> Target.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an address: write host:port");
    }
}
