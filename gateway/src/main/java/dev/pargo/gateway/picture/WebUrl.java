package dev.pargo.gateway.picture;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A URL that may be fetched by its text and the settings. {@link URI} is the only parser, so the parsed host is the one
 * that is connected to. {@link PublicResolver} checks names and addresses when a connection is opened.
 */
record WebUrl(URI uri) {

    private static final int LONGEST = 4096;

    /** Unusual notations that some resolvers accept as IPv4 addresses: 2130706433, 127.1, 0x7f.0.0.1. */
    private static final Pattern NUMERIC_HOST = Pattern.compile("(.*\\.)?(0x[0-9a-f]*|[0-9]+)\\.?");

    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(?!$)|$)){4}");

    /** Whether a text is meant as a URL of the web. */
    static boolean isMeantBy(String text) {
        String start = text.substring(0, Math.min(text.length(), 6)).toLowerCase(Locale.ROOT);
        return start.startsWith("https:") || start.startsWith("http:");
    }

    static WebUrl parse(String text, FetchProperties rules) throws FetchException {
        if (!rules.enabled()) {
            throw FetchException.notAllowed("fetching pictures by URL is switched off; send a data URL");
        }
        if (text.length() > LONGEST) {
            throw FetchException.invalid("the URL may have at most %d characters".formatted(LONGEST));
        }
        try {
            return checked(new URI(text), rules);
        } catch (URISyntaxException malformed) {
            throw FetchException.invalid("the URL is malformed");
        }
    }

    /** @param location value of the header; may be relative */
    WebUrl redirect(String location, FetchProperties rules) throws FetchException {
        try {
            return parse(uri.resolve(new URI(location)).toString(), rules);
        } catch (URISyntaxException malformed) {
            throw FetchException.invalid("the URL is malformed").ofRedirect();
        } catch (FetchException refused) {
            throw refused.ofRedirect();
        }
    }

    private static WebUrl checked(URI uri, FetchProperties rules) throws FetchException {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(scheme.equals("http") && rules.http())) {
            throw FetchException.invalid("the URL must begin with https:" + (rules.http() ? " or http:" : ""));
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw FetchException.invalid("the URL must name a host, without a user");
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        checkForm(host);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        if (!rules.ports().contains(port)) {
            throw FetchException.notAllowed("port %d is not allowed".formatted(port));
        }
        if (!rules.hosts().isEmpty() && rules.hosts().stream().noneMatch(allowed -> matches(host, allowed))) {
            throw FetchException.notAllowed("the host of the URL is not on the list of allowed hosts");
        }
        return new WebUrl(URI.create(uri.toASCIIString()));
    }

    /** Only the usual notations of addresses. */
    private static void checkForm(String host) throws FetchException {
        boolean ipv6 = host.startsWith("[");
        if (ipv6 && host.indexOf('%') >= 0
                || !ipv6
                        && NUMERIC_HOST.matcher(host).matches()
                        && !IPV4.matcher(host).matches()) {
            throw FetchException.invalid("the host of the URL is neither a name nor an address in its usual notation");
        }
    }

    private static boolean matches(String host, String allowed) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String rule = allowed.strip().toLowerCase(Locale.ROOT);
        return rule.startsWith("*.") ? name.endsWith(rule.substring(1)) : name.equals(rule);
    }
}
