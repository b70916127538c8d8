package dev.pargo.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "93.184.216.34",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "223.255.255.255",
                "2606:2800:220:1:248:1893:25c8:1946",
                "2a00:1450:4001:801::200e",
                "2001:4860:4860::8888"
            })
    void addressesOfTheInternetArePublic(String address) throws Exception {
        assertThat(isPublic(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.0.1",
                "169.254.169.254",
                "169.254.170.2",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255"
            })
    void otherIpv4AddressesAreNot(String address) throws Exception {
        assertThat(isPublic(address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "::ffff:127.0.0.1", // mapped
                "::ffff:10.0.0.1",
                "::127.0.0.1", // compatible
                "::ffff:0:127.0.0.1", // translated
                "64:ff9b::127.0.0.1", // NAT64
                "64:ff9b::8.8.8.8",
                "64:ff9b:1::10.0.0.1",
                "100::1",
                "2001::1", // Teredo
                "2001:0:53aa:64c:0:7f00:1:1",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:db8::1",
                "2002:7f00:1::1", // 6to4
                "2002:a00:1::",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254", // metadata of AWS
                "fdff::1",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void otherIpv6AddressesAreNot(String address) throws Exception {
        assertThat(isPublic(address)).isFalse();
    }

    private static boolean isPublic(String literal) throws UnknownHostException {
        return PublicAddresses.contains(InetAddress.getByName(literal));
    }
}
