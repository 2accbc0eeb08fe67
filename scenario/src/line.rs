//! Lines as the client of each platform writes them.

use crate::clock::Clock;
use crate::day::Platform;

/// Writes lines with the header of one platform.
#[derive(Clone, Copy)]
pub(crate) struct Writer {
    pub(crate) platform: Platform,
    /// Steered flows are told by their category decision only, without process.
    pub(crate) categories_only: bool,
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
        if self.categories_only {
            return self.category(at, host, "Tunnel");
        }
        let message = format!(
            "nsTunnel {} [sessId 1] Tunneling flow from addr: 192.0.2.7:{port}, process: {process} to host: {host}, addr: {}:443 to nsProxy",
            self.transport(),
            address_of(host)
        );
        self.line(at, "tunnel.cpp:1148", &message)
    }

    pub(crate) fn to_firewall(self, at: Clock, process: &str, host: &str, port: u16) -> String {
        let address = address_of(host);
        let message = format!(
            "nsTunnel {} [sessId 1] Tunneling flow from addr: 192.0.2.7:{port}, process: {process} to host: {address}, addr: {address}:5228 to app-fw",
            self.transport()
        );
        self.line(at, "tunnel.cpp:1148", &message)
    }

    pub(crate) fn category(self, at: Clock, host: &str, action: &str) -> String {
        let category = 500 + number_of(host) % 80;
        let message = format!("ExceptiontMgr 298: Host: {host}, CatId: {category}, Action: {action}");
        self.line(at, "ExceptionMgr.cpp:1316", &message)
    }

    pub(crate) fn excepted(self, at: Clock, process: &str, host: &str, port: u16) -> String {
        if self.categories_only {
            return self.category(at, host, "Bypass");
        }
        let message = format!(
            "BypassAppMgr bypassing flow to exception host: {host}, process: {process}, Dest IP: {}, Dest Port: 443, Src IP: 192.0.2.7, Src Port: {port}",
            address_of(host)
        );
        self.line(at, "bypassAppMgr.cpp:1622", &message)
    }

    pub(crate) fn blocked(self, at: Clock, process: &str, host: &str) -> String {
        let message = format!("BypassAppMgr Dropping connection from process: {process}, host: {host}");
        self.line(at, "bypassAppMgr.cpp:663", &message)
    }

    pub(crate) fn tunnel_up(self, at: Clock, gateway: u32) -> String {
        let message = format!(
            "nsTunnel {} SSL connected to the gslbgw server: gateway-nrt{gateway}.example.com(192.0.2.3{gateway}):443 successfully",
            self.transport()
        );
        self.line(at, "tunnel.cpp:1074", &message)
    }

    pub(crate) fn tunnel_down(self, at: Clock) -> String {
        let message =
            format!("nsTunnel {} disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_ERROR", self.transport());
        self.line(at, "tunnel.cpp:292", &message)
    }

    fn transport(self) -> &'static str {
        if self.platform == Platform::Windows { "DTLS" } else { "TLS" }
    }
}

/// A stable invented address for a host.
fn address_of(host: &str) -> String {
    let sum = number_of(host);
    let block = if sum & 256 == 0 { "198.51.100" } else { "203.0.113" };
    format!("{block}.{}", sum % 254 + 1)
}

/// A stable number for a host.
pub(crate) fn number_of(host: &str) -> u32 {
    host.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
}
