package dev.pargo.gateway.picture;

import io.opentelemetry.api.trace.Tracer;
import java.net.InetAddress;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the HTTP client that fetches pictures: it connects to public addresses, keeps no cookies or credentials,
 * and does not follow redirects by itself.
 */
@Configuration(proxyBeanMethods = false)
class FetchConfiguration {

    private static final int IO_THREADS = 8;
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    /**
     * @param names     resolves names instead of the JVM
     * @param connector opens connections instead of Jetty's connector
     */
    @Bean
    PictureFetcher pictureFetcher(
            FetchProperties rules,
            SslBundles bundles,
            Tracer tracer,
            ObjectProvider<Names> names,
            ObjectProvider<ClientConnector> connector)
            throws Exception {
        SslContextFactory.Client tls = new SslContextFactory.Client();
        if (rules.sslBundle() != null) {
            tls.setSslContext(bundles.getBundle(rules.sslBundle()).createSslContext());
        }
        ClientConnector dialling = connector.getIfAvailable(ClientConnector::new);
        dialling.setSslContextFactory(tls);
        dialling.setSelectors(1);
        HttpClient client = new HttpClient(new HttpClientTransportOverHTTP(dialling));
        QueuedThreadPool threads = new QueuedThreadPool(IO_THREADS, 1);
        threads.setName("picture-io");
        threads.setDaemon(true);
        client.setExecutor(threads);
        client.setSocketAddressResolver(new PublicResolver(names.getIfAvailable(() -> InetAddress::getAllByName)));
        client.setConnectTimeout(rules.timeLimit().toMillis());
        client.setDestinationIdleTimeout(rules.timeLimit().toMillis());
        client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "pargo-serving"));
        client.start();
        // Files are counted without decompression.
        client.getContentDecoderFactories().clear();
        return new PictureFetcher(client, rules, tracer);
    }
}
