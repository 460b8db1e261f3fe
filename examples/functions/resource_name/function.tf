output "name" {
  description = "For example single-user-ana-diaz- and eight characters that no other address shares."
  value       = provider::provisioner::resource_name("ana.diaz@example.com", "single-user", 63)
}
