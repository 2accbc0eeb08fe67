//! Lines as the client of each platform writes them.

use crate::clock::Clock;
use crate::day::Platform;

/// Writes lines with the header of one platform.
#[derive(Clone, Copy)]
pub(crate) struct Writer {
    pub(crate) platform: Platform,
}

impl Writer {
    pub(crate) fn line(self, at: Clock, source: &str, message: &str) -> String {
        let (writer, digits) = match self.platform {
            Platform::Windows => ("stAgentSvc p17fc tb44", 3),
            Platform::Macos => ("stAgentNE p877 t15683", 6),
            Platform::Linux => ("stAgentSvc p2818 t2901", 3),
            Platform::Ios => ("stAgentiOS p412 t771", 6),
        };
        format!("{} {writer} info {source} {message}", at.stamp(digits))
    }

    pub(crate) fn steered(self, at: Clock, process: &str, host: &str, port: u16) -> String {
        let transport = if self.platform == Platform::Windows { "DTLS" } else { "TLS" };
        let address = address_of(host);
        self.line(
            at,
            "tunnel.cpp:1148",
            &format!(
                "nsTunnel {transport} [sessId 1] Tunneling flow from addr: 192.0.2.7:{port}, process: {process} to host: {host}, addr: {address}:443 to nsProxy"
            ),
        )
    }

    pub(crate) fn category(self, at: Clock, host: &str) -> String {
        self.line(at, "ExceptionMgr.cpp:1316", &format!("ExceptiontMgr 298: Host: {host}, CatId: 547, Action: Tunnel"))
    }

    pub(crate) fn excepted(self, at: Clock, process: &str, host: &str, port: u16) -> String {
        let address = address_of(host);
        self.line(
            at,
            "bypassAppMgr.cpp:1622",
            &format!(
                "BypassAppMgr bypassing flow to exception host: {host}, process: {process}, Dest IP: {address}, Dest Port: 443, Src IP: 192.0.2.7, Src Port: {port}"
            ),
        )
    }

    pub(crate) fn blocked(self, at: Clock, process: &str, host: &str) -> String {
        let message = format!("BypassAppMgr Dropping connection from process: {process}, host: {host}");
        self.line(at, "bypassAppMgr.cpp:663", &message)
    }

    pub(crate) fn tunnel_up(self, at: Clock) -> String {
        let message =
            "nsTunnel DTLS SSL connected to the gslbgw server: gateway-nrt1.example.com(192.0.2.35):443 successfully";
        self.line(at, "tunnel.cpp:1074", message)
    }

    pub(crate) fn tunnel_down(self, at: Clock) -> String {
        let message = "nsTunnel DTLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_ERROR";
        self.line(at, "tunnel.cpp:292", message)
    }
}

/// A stable invented address for a host.
fn address_of(host: &str) -> String {
    let sum = host.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let block = if sum & 256 == 0 { "198.51.100" } else { "203.0.113" };
    format!("{block}.{}", sum % 254 + 1)
}
