#: bridgecrewio/checkov#3515: A file scanned alone lost the defaults of the variables that the next file declares.
#: scan main.tf
#: rule alb-tls-policy
#: pass aws_lb_listener.https
#: value aws_lb_listener.https ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

resource "aws_lb" "portal" {
  load_balancer_type = "application"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.portal.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.tls_policy

  default_action {
    type = "forward"
  }
}
