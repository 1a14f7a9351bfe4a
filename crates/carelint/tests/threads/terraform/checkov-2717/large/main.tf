locals {
  cube = setproduct(range(1000), range(1000), range(1000))
}

output "cube" {
  value = local.cube
}
